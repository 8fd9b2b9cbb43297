"""People: who works here, in which team and area, what they may do, and how they show that it is them."""
