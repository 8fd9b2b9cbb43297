"""Labels that can be read offline: what a code says, how it is signed, drawn and read back."""
