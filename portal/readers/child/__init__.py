"""The process that reads a user's file: how it is started, fenced in, and what may come back from it."""
