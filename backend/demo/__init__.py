"""A believable district to look at: small for tests and scripted days, whole for whoever types `make demo`."""
