"""Which mutations of a push may be taken together: facts of one command, and changes of rows that are each its own."""

from collections.abc import Container, Sequence

from sync.kinds import Registry
from sync.mutations import Read
from sync.protocol import EDIT, Mutation


def run_of_rows(fresh: Sequence[Read], at: int, registry: Registry, alone: Container[int]) -> int:
    """How many mutations from `at` on change rows that are there, each its own, and wait for nothing; those of `alone`
    are never among them."""
    touched: set[tuple[str, str]] = set()
    run = 0
    for read in fresh[at:]:
        m = read.mutation
        if m is None or m.needs or m.n in alone or not _changes_rows(m, registry) or touched & set(m.rows()):
            break
        touched |= set(m.rows())
        run += 1
    return run


def _changes_rows(m: Mutation, registry: Registry) -> bool:
    if m.cmd == EDIT:
        return bool(m.ops) and len(set(m.rows())) == len(m.ops)
    command = registry.commands.get(m.cmd)
    return command is not None and not command.creates and m.row is not None


def run_of_facts(fresh: Sequence[Read], at: int, registry: Registry, alone: Container[int]) -> int:
    """How many mutations from `at` on are plain facts of one command; those of `alone` are never among them."""
    first = fresh[at].mutation
    command = registry.commands.get(first.cmd) if first else None
    if command is None or not command.fact or command.accept_many is None:
        return 0
    run = 0
    for read in fresh[at:]:
        m = read.mutation
        if m is None or m.cmd != command.name or m.needs or m.ops or m.row is None or m.row.t != command.kind:
            break
        if m.n in alone:
            break
        run += 1
    return run
