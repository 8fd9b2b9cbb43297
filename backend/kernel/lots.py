"""Lots that nobody can steer: told by the seed and the name alone. Pure."""

import hashlib


def drawn(seed: str, name: str, percent: int) -> bool:
    """Whether a thing of this name is drawn, so many of a hundred: nobody can choose whom to spare, and anybody who
    knows the seed can prove it afterwards."""
    lot = int.from_bytes(hashlib.sha256(f"{seed}:{name}".encode()).digest()[:8])
    return lot * 100 < percent << 64
