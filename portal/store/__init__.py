"""SELECTs: one module per noun. Nothing here writes or commits."""
