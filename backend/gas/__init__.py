"""Bottled gas: cylinders that cannot be lost silently, and whoever has them in hand."""
