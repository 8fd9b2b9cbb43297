"""Drives the reference handset over real HTTP: what a phone app does around the machine that knows no I/O."""
