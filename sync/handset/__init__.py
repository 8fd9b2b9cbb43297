"""The reference handset: a machine without I/O, and the SQLite store beneath it."""
