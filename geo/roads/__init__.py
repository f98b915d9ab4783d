"""From an OpenStreetMap file to a graph, travel times and paths on real roads."""
