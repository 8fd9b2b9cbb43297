"""A process's memory: a quick start, few heaps, and a collector that leaves alone what stays for good."""

import contextlib
import ctypes
import gc

M_ARENA_MAX, HEAPS_MAX = -8, 2
"""glibc's name for how many heaps a process may have (malloc.h), and how many we have."""
NEWCOMERS, ROUNDS, ROUNDS_OF_ROUNDS = 20_000, 20, 50
"""After how many new objects the collector looks at the young, after how many such looks at the older, at all."""
LOADED = 200_000
"""NEWCOMERS while modules are read: nearly all of it stays."""


def load_at_ease() -> None:
    """Lets the collector look seldom: a start that reads our modules is a quarter quicker.

    To be called before they are read. A command that soon ends leaves it so.
    """
    gc.set_threshold(LOADED, ROUNDS, ROUNDS_OF_ROUNDS)


def share_heaps() -> None:
    """Threads share two heaps: glibc gives each its own, and what is freed there serves no other."""
    with contextlib.suppress(OSError, AttributeError):  # another C library has no such heaps
        ctypes.CDLL(None).mallopt(M_ARENA_MAX, HEAPS_MAX)


def keep_what_stands() -> None:
    """Tells the collector that what was built so far stays: it need not walk modules, routes and shapes for ever.

    To be called once, by a process that serves until it ends, when it is ready to.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(NEWCOMERS, ROUNDS, ROUNDS_OF_ROUNDS)
