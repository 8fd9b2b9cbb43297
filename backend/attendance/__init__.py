"""Attendance: where people should be, and the facts of their coming and going."""
