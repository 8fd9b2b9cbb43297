"""Compares a handset's replica with the server row by row, and mends it when that is wished."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import orjson

from backend.drive.phone import Phone
from mobile_contract.version import CONTRACT
from sync.handset.answers import frames_of
from sync.handset.client import REPAIR_PATH
from sync.handset.mending import Difference, Fault, Mending
from sync.protocol import REPAIR_SCOPES_MAX


class NeverFilled(Exception):
    """The replica was never filled: there is nothing to compare."""


@dataclass(slots=True)
class Verdict:
    """What a comparison found, for one person."""

    user: str
    rows: int
    differences: list[Difference] = field(default_factory=list)
    touched: set[tuple[str, str]] = field(default_factory=set)
    """Rows with one's own unanswered work on top: what the crew sees of them differs from the server by intent."""
    frames: list[dict[str, Any]] = field(default_factory=list)

    @property
    def wrong(self) -> list[Difference]:
        """Without those that changed at the server after the last pull: the next one brings them."""
        return [each for each in self.differences if each.fault is not Fault.since]


def verify(phone: Phone, user: str, told: Callable[[int], None] = lambda _: None) -> Verdict:
    """Compares one person's replica as of its cookie; `told` hears after each request how many there were.

    Raises NeverFilled, sync.handset.mending.Hopeless, Problem, Unreachable.
    """
    handset = phone.handset(user)
    cookie = phone.store.get(f"cookie/{user}")
    if cookie is None:
        raise NeverFilled
    rows = phone.store.rows(user)
    summed = phone.store.get(f"digests/{user}") or {scope for row in rows for scope in row.scopes}
    drifted, strays = handset.amiss()
    scopes = sorted(summed)
    verdict = Verdict(user, len(rows))
    said = {"device": handset.device, "epoch": handset.epoch, "schema": CONTRACT, "cookie": cookie}
    requests = 0
    for first in range(0, len(scopes), REPAIR_SCOPES_MAX):
        mending = Mending(rows, scopes[first : first + REPAIR_SCOPES_MAX], () if first else strays)
        while (parts := mending.next_parts()) is not None:
            mending.receive(_asked(phone, user, said | parts))
            requests += 1
            told(requests)
        known = {(each.t, each.id) for each in verdict.differences}
        verdict.differences += [each for each in mending.differences() if (each.t, each.id) not in known]
        verdict.frames += mending.frames
    doubtful = {(row.t, row.id) for row in (*strays, *(row for row in rows if not set(drifted).isdisjoint(row.scopes)))}
    sound = {(row.t, row.id) for row in rows} - doubtful
    verdict.differences = [_since(each) if (each.t, each.id) in sound else each for each in verdict.differences]
    verdict.touched = {key for entry in handset.waiting() for key in _rows_of(entry.mutation())}
    return verdict


def _since(each: Difference) -> Difference:
    """In scopes whose sums agree, rows are as they were told: what differs of them changed after the last pull."""
    return replace(each, fault=Fault.since)


def _asked(phone: Phone, user: str, said: dict[str, Any]) -> list[dict[str, Any]]:
    answer = phone._as(user, "POST", REPAIR_PATH, orjson.dumps(said))
    if answer.status >= 400:
        raise answer.problem()
    return frames_of(answer.body)


def _rows_of(mutation: dict[str, Any]) -> Sequence[tuple[str, str]]:
    told = [mutation["row"]] if mutation.get("row") else mutation.get("ops", ())
    return [(each["t"], each["id"]) for each in told]


def mend(phone: Phone, verdict: Verdict) -> None:
    """Makes the replica what the comparison found the server to hold, at once or not at all."""
    with phone.store.transaction():
        phone.store.unstage(verdict.user)
        phone.store.stage(verdict.user, verdict.frames)
        phone.store.apply_stage(verdict.user, reconcile=False, left=())
