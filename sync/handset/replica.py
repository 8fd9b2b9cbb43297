"""What a phone shows: the server's rows with its own unanswered work rebased on top."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from sync.digests import Digest, row_hash
from sync.handset.outbox import Entry, EntryState
from sync.kinds import Policy
from sync.policies import Side, merge
from sync.protocol import EDIT
from sync.refusal import Refusal


@dataclass(frozen=True, slots=True)
class Row:
    """A row as the server last sent it."""

    t: str
    id: str
    ver: int
    scopes: tuple[str, ...]
    body: bytes

    def data(self) -> dict[str, Any]:
        """The row's fields; none of a row that rotted and cannot be read."""
        try:
            fields = orjson.loads(self.body)
        except orjson.JSONDecodeError:
            return {}
        return fields if isinstance(fields, dict) else {}


@dataclass(frozen=True, slots=True)
class View:
    """A row as the crew sees it; `pending`: how many of their own acts it shows that the server has not answered."""

    t: str
    id: str
    data: dict[str, Any]
    pending: int


class Policies:
    """The published registry: {kind: {fields, commands}}, as in `published/policies.json`."""

    def __init__(self, published: Mapping[str, Any]) -> None:
        self._kinds = published
        self._commands = {name: (t, c) for t, kind in published.items() for name, c in kind["commands"].items()}

    def policy(self, t: str, name: str) -> Policy | None:
        """How a field merges."""
        said = self._kinds.get(t, {}).get("fields", {}).get(name)
        return Policy(said) if said else None

    def state_field(self, cmd: str) -> str | None:
        """The field that a command's base is about."""
        field: str | None = self._commands[cmd][1]["state_field"] if cmd in self._commands else None
        return field

    def shows(self, cmd: str) -> dict[str, Any]:
        """What a command sets at once on the screen."""
        return dict(self._commands[cmd][1]["sets"]) if cmd in self._commands else {}

    def creates(self, cmd: str) -> bool:
        """Whether the command's row need not exist."""
        return cmd in self._commands and bool(self._commands[cmd][1]["creates"])


def op_of(row: Row | None, t: str, row_id: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """An edit of one row, with what the phone saw of each field."""
    op: dict[str, Any] = {"t": t, "id": row_id, "set": dict(values)}
    if row is not None:
        data = row.data()
        op["base"] = dict.fromkeys(values, row.ver)
        op["was"] = {name: data.get(name) for name in values}
    return op


def views(rows: Iterable[Row], pending: Iterable[Entry], policies: Policies) -> dict[tuple[str, str], View]:
    """The rows with what they lack on top, in the order it was done. One that cannot be read is not shown."""
    shown = {(row.t, row.id): View(row.t, row.id, data, 0) for row in rows if (data := row.data())}
    for entry in pending:
        mutation, unanswered = entry.mutation(), int(entry.state is EntryState.waiting)
        if mutation.get("cmd") == EDIT:
            for op in mutation.get("ops", ()):
                _show_edit(shown, op, policies, unanswered)
        elif mutation.get("row"):
            _show_deed(shown, mutation, policies, unanswered)
    return shown


def _show_edit(shown: dict[tuple[str, str], View], op: Mapping[str, Any], policies: Policies, unanswered: int) -> None:
    key = (op["t"], op["id"])
    view = shown.get(key)
    if view is None:
        return
    data = dict(view.data)
    for name, wanted in op["set"].items():
        policy = policies.policy(op["t"], name)
        if policy is None:
            continue
        try:
            data[name] = merge(policy, Side(data.get(name)), Side(wanted, 0, "~"), moved=False).value
        except (Refusal, TypeError):  # also where what the server sent is no value of the policy
            continue  # the server will say so; until then the row shows what it is
    shown[key] = View(view.t, view.id, data, view.pending + unanswered)


def _show_deed(
    shown: dict[tuple[str, str], View], mutation: Mapping[str, Any], policies: Policies, unanswered: int
) -> None:
    t, row_id = mutation["row"]["t"], mutation["row"]["id"]
    view = shown.get((t, row_id))
    if view is None:
        if not policies.creates(mutation["cmd"]):
            return
        view = View(t, row_id, {"id": row_id, **mutation.get("params", {})}, 0)
    data = view.data | policies.shows(mutation["cmd"])
    shown[t, row_id] = View(t, row_id, data, view.pending + unanswered)


def scope_digest(rows: Iterable[Row], scope: str) -> Digest:
    """The checksum of a scope over the bytes that the phone really stored."""
    return Digest().plus(row_hash(row.t, row.id, row.ver, row.body) for row in rows if scope in row.scopes)
