"""The portal: layers show, actions change; the web's edges are thin."""
