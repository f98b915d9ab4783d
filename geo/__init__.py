"""Pure spatial knowledge: frames in, frames or dataclasses out.

No Flask, no SQL, no Folium; no I/O beyond reading a road file.
"""
