"""Routine work: orders from the plan to the proof that they were done."""
