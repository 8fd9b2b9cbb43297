"""Cases: what is wrong in the streets, from the finding through its handling and check to the closing."""
