"""Evidence that came late: what was done in time and heard of after the grace had gone by, for whoever supervises."""
