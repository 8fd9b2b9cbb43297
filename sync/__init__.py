"""A sync engine for offline handsets that has never heard of gas."""
