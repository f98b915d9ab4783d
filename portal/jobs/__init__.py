"""What the worker does: a frame for work that takes long, kinds of it by noun, and the worker itself."""
