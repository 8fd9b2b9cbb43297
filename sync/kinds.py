"""What a domain module declares to the engine: kinds, their fields' policies, and the commands that act on them."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, NamedTuple

from sync.refusal import Refusal


class Policy(StrEnum):
    """What happens when a phone writes a field that changed since the phone saw it."""

    server = "server"
    """Only the server writes; a phone's value is refused."""
    lww = "lww"
    """The later act by trusted time wins, ties by device id."""
    max = "max"
    min = "min"
    counter = "counter"
    """A phone sends a delta; deltas add up."""
    set = "set"
    """A phone sends {add, remove}; add wins."""
    append = "append"
    """A phone sends entries; entries are never removed."""
    once = "once"
    """The first value stays; a second, different one is kept as a conflict."""
    custody = "custody"
    """One holder; a second claim is kept as a conflict."""
    state = "state"
    """A table decides: server state x command."""
    ask = "ask"
    """Both are kept for a person."""


class Verdict(StrEnum):
    """What a state table says of a command that comes late."""

    apply = "apply"
    noop = "noop"
    supersede = "supersede"
    """Apply, and the other's work is withdrawn with notice."""
    compensate = "compensate"
    """Keep the state, record the effort, tell the desk."""
    conflict = "conflict"


class Claim(NamedTuple):
    """When and by whom an act was done, as far as the server can know it."""

    device: str
    epoch: int
    user: str
    n: int
    wall_ms: int
    trusted_ms: int
    error_ms: int
    quality: str
    """`anchored` (monotonic clock), `wall` (wall clock only), `poor` (clamped or contradictory)."""
    received_ms: int

    @property
    def queue(self) -> str:
        """Names the queue: device, epoch and user."""
        return f"{self.device}:{self.epoch}:{self.user}"


class Deed(NamedTuple):
    """One command of one mutation, checked and ready for the domain's action."""

    row_id: str
    params: Any
    claim: Claim
    verdict: Verdict = Verdict.apply
    blobs: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Kept:
    """What an action says when it kept the act but did not do what it asked for: told to whoever acted, and kept as a
    conflict with a reason of the domain's own."""

    code: str
    params: Mapping[str, Any] = field(default_factory=dict)
    decide: bool = True
    """Whether a person must choose; otherwise it is only told."""


Accept = Callable[[Any, Deed], Kept | None]
AcceptMany = Callable[[Any, Sequence[Deed]], None]


@dataclass(frozen=True, slots=True)
class Command:
    """A named deed a phone may send. `accept` is the action behind it; it may refuse.

    `fact=True` promises that the command only adds a row named by its `row.id` and conflicts with nothing;
    facts with `accept_many` are taken in bulk.
    `table` holds the verdicts for a state that moved on: {server state: verdict}; what it leaves out is `apply`,
    where the action's own rules decide.
    """

    name: str
    kind: str
    read: Callable[[Mapping[str, Any]], Any]
    """Checks raw params; raises ParamsInvalid, or returns what `accept` takes as `deed.params`."""
    accept: Accept
    fact: bool = False
    accept_many: AcceptMany | None = None
    state_field: str | None = None
    table: Mapping[str, Verdict] = field(default_factory=dict)
    creates: bool = False
    """The row need not exist before."""
    sets: Mapping[str, Any] = field(default_factory=dict)
    """What a phone shows at once of the row, before the server has answered: {field: value}."""
    known: frozenset[str] = frozenset()
    """Names of params that are understood; others are named in the outcome as ignored."""


Edit = Callable[[Any, str, Mapping[str, Any], Claim], None]


@dataclass(frozen=True, slots=True)
class Kind:
    """A sort of row that handsets hold."""

    name: str
    table: type | None
    """The class whose changed instances are journaled; None where rows are journaled by hand."""
    fields: Mapping[str, Policy]
    body: Callable[[Any], dict[str, Any]]
    """A row as it travels: exactly the keys of `fields`."""
    scopes: Callable[[Any], Iterable[str]]
    """Names of the scopes that hold the row."""
    commands: Sequence[Command] = ()
    edit: Edit | None = None
    """The action that takes merged registers."""
    editable: frozenset[str] = frozenset()
    priority: int = 5
    """Back-fill order, 1 first."""
    facts: bool = False
    """Rows are only ever added."""


class ParamsInvalid(Refusal):
    """Params of a command that do not fit its shape."""

    code = "sync.params_invalid"
    status = 422


class Registry:
    """All kinds and commands the engine knows, by name."""

    def __init__(self, kinds: Iterable[Kind]) -> None:
        self.kinds: dict[str, Kind] = {}
        self.commands: dict[str, Command] = {}
        self.by_table: dict[type, Kind] = {}
        for kind in kinds:
            self._add(kind)
        self.order = self._order()
        """Which kinds fill a handset first, which next."""

    def _order(self) -> list[list[str]]:
        turns = sorted({kind.priority for kind in self.kinds.values()})
        return [sorted(k.name for k in self.kinds.values() if k.priority == turn) for turn in turns]

    def _add(self, kind: Kind) -> None:
        assert kind.name not in self.kinds, f"kind {kind.name} declared twice"
        self.kinds[kind.name] = kind
        if kind.table is not None:
            self.by_table[kind.table] = kind
        for command in kind.commands:
            assert command.name not in self.commands, f"command {command.name} declared twice"
            assert command.kind == kind.name, f"{command.name} belongs to {command.kind}, not {kind.name}"
            self.commands[command.name] = command

    def policies(self) -> dict[str, dict[str, object]]:
        """The registry as phones read it: {kind: {fields, editable, commands}}."""
        return {
            name: {
                "fields": {f: p.value for f, p in sorted(kind.fields.items())},
                "editable": sorted(kind.editable),
                "priority": kind.priority,
                "facts": kind.facts,
                "commands": {
                    c.name: {
                        "fact": c.fact,
                        "creates": c.creates,
                        "state_field": c.state_field,
                        "sets": dict(c.sets),
                        "table": {state: verdict.value for state, verdict in sorted(c.table.items())},
                    }
                    for c in sorted(kind.commands, key=lambda c: c.name)
                },
            }
            for name, kind in sorted(self.kinds.items())
        }
