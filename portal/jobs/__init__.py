"""What the worker does: bodies of jobs, one module a noun, each calling actions."""
