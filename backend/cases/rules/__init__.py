"""What is right for a case: its table of states and acts, their guards, its clocks, and late acts. Pure."""
