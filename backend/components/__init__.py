"""The city's components on the map: registered, versioned, and changed by proposals from whoever stands before them."""
