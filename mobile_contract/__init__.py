"""All that a phone author reads: shapes, refusals, limits, vectors."""
