"""What a phone has done and not yet heard back about: one queue per epoch and user, in order."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import orjson

from sync.protocol import MUTATION_BYTES_MAX, MUTATIONS_PER_PUSH_MAX, PUSH_BYTES_MAX
from sync.refusal import Refusal

ENVELOPE_BYTES = 1_000
"""Room for what surrounds the mutations of a push."""


class EntryState(StrEnum):
    """What the crew sees of a thing they did."""

    waiting = "waiting"
    applied = "applied"
    merged = "merged"
    held = "held"
    conflict = "conflict"
    rejected = "rejected"


STATE_TEXTS: dict[EntryState, tuple[str, str]] = {
    EntryState.waiting: ("等待上传", "waiting to be sent"),
    EntryState.applied: ("已生效", "done"),
    EntryState.merged: ("已与他人的修改合并", "merged with another's change"),
    EntryState.held: ("已上传，等待他人的数据", "sent; waits for another's data"),
    EntryState.conflict: ("已上传，有冲突，等待处理", "sent; in conflict, waits for a decision"),
    EntryState.rejected: ("未生效，已转交管理人员", "not taken; handed to the desk"),
}


class EntryTooLarge(Refusal):
    """Checked when the entry is queued, so that nothing jams the queue later."""

    code = "sync.mutation_too_large"
    status = 413


@dataclass(frozen=True, slots=True)
class Entry:
    """One mutation in a queue."""

    epoch: int
    user: str
    n: int
    payload: bytes
    """The mutation as it travels, the same bytes each time it is sent."""
    state: EntryState
    result: dict[str, Any] | None = None

    def mutation(self) -> dict[str, Any]:
        """The mutation as a JSON object."""
        said: dict[str, Any] = orjson.loads(self.payload)
        return said

    def first(self) -> tuple[int, int]:
        """(epoch, n) under which it was first queued: the server may know it by that name."""
        said = self.mutation().get("first") or {"epoch": self.epoch, "n": self.n}
        return said["epoch"], said["n"]

    def anew(self, epoch: int, n: int) -> "Entry":
        """The same act, waiting under another number; it says where it was first queued."""
        first_epoch, first_n = self.first()
        said = self.mutation() | {"n": n, "first": {"epoch": first_epoch, "n": first_n}}
        return Entry(epoch, self.user, n, orjson.dumps(said, option=orjson.OPT_SORT_KEYS), EntryState.waiting)


def pack(mutation: dict[str, Any]) -> bytes:
    """The bytes of a mutation; refuses one beyond the published limit."""
    payload = orjson.dumps(mutation, option=orjson.OPT_SORT_KEYS)
    if len(payload) > MUTATION_BYTES_MAX:
        raise EntryTooLarge(limit_bytes=MUTATION_BYTES_MAX)
    return payload


def batch(entries: list[Entry]) -> list[Entry]:
    """As many of the first entries as one push may carry."""
    room = PUSH_BYTES_MAX - ENVELOPE_BYTES
    chosen: list[Entry] = []
    for entry in entries[:MUTATIONS_PER_PUSH_MAX]:
        room -= len(entry.payload) + 1
        if room < 0:
            break
        chosen.append(entry)
    return chosen


def state_of(result: dict[str, Any]) -> EntryState:
    """What a crew sees of an outcome; a duplicate was applied before."""
    said = result.get("r", "")
    return EntryState.applied if said in ("applied", "duplicate") else EntryState(said)
