"""WGS 84, CGCS2000, GCJ-02, BD-09: shifts between them, which of them a file has, measuring in metres."""
