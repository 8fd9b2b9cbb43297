"""Enrolling devices; the door of sync; the desk where conflicts are decided."""
