"""Reads mutations one by one, and names what can be wrong with them."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import orjson
from pydantic import ValidationError

from sync import clocks
from sync.kinds import Claim, Command
from sync.protocol import EDIT, MUTATION_BYTES_MAX, N_MAX, NESTING_MAX, Mutation, Outcome, Push, RowVersion
from sync.refusal import Refusal

AT_ITS_END = 0
"""Stands in a draft for the sequence number that its rows will have when they are written."""


class Gap(Refusal):
    """Mutations are missing before the first one sent."""

    code = "sync.gap"
    status = 409


class SequenceReused(Refusal):
    """A number came again with other content; the phone queues it anew under the epoch named."""

    code = "sync.sequence_reused"
    status = 409


class NumberInvalid(Refusal):
    """An entry of a push has no usable number: nothing of the push was taken."""

    code = "sync.number_invalid"
    status = 422


class MutationInvalid(Refusal):
    code = "sync.mutation_invalid"
    status = 422


class MutationTooLarge(Refusal):
    code = "sync.mutation_too_large"
    status = 413


class UnknownCommand(Refusal):
    code = "sync.unknown_command"
    status = 422


class UnknownKind(Refusal):
    code = "sync.unknown_kind"
    status = 422


class UnknownRow(Refusal):
    code = "sync.unknown_row"
    status = 404


class RowMissing(Refusal):
    code = "sync.row_missing"
    status = 422


class RowExists(Refusal):
    code = "sync.row_exists"
    status = 409


class OutOfScope(Refusal):
    code = "sync.out_of_scope"
    status = 403


class Voided(Refusal):
    code = "sync.voided"
    status = 422


class NeedsUnmet(Refusal):
    code = "sync.needs_unmet"
    status = 409


class StaleEpoch(Refusal):
    """A later epoch has begun; the phone queues anew, under the epoch named, what was not answered."""

    code = "sync.stale_epoch"
    status = 409


class Drained(Refusal):
    """Came by the device's own right, with nobody signed in: kept for a person to judge."""

    code = "sync.drained"
    status = 409


class DeviceRevoked(Refusal):
    """The handset wipes itself after it has drained its queue."""

    code = "sync.device_revoked"
    status = 403


class Fault(Refusal):
    """A fault of the server; the entry is kept and blocks nothing."""

    code = "server.fault"
    status = 500


class Read(NamedTuple):
    """A mutation as read: the parsed one, or why it could not be."""

    n: int
    raw: dict[str, Any]
    hash: bytes
    """Of what it said when it was first queued, its number then included."""
    mutation: Mutation | None
    refusal: Refusal | None
    first: tuple[int, int] | None = None
    """(epoch, n) under which it was first queued, when it was queued anew since."""


def read_one(raw: dict[str, Any]) -> Read:
    """Reads one mutation. Only a missing number is beyond help: it would leave the queue without order."""
    n = raw.get("n")
    if type(n) is not int or not 1 <= n <= N_MAX:
        raise NumberInvalid
    first = _first(raw)
    said = raw if first is None else {k: v for k, v in raw.items() if k != "first"} | {"n": first[1]}
    packed = _packed(said)
    if packed is None:
        kept = {"n": n, "text": _flat(raw).decode()}
        fault = MutationInvalid(where=f"no plain JSON, or nested > {NESTING_MAX}")
        return Read(n, kept, hashlib.sha256(_flat(said)).digest(), None, fault, first)
    digest = hashlib.sha256(packed).digest()
    if len(packed) > MUTATION_BYTES_MAX:
        return Read(n, raw, digest, None, MutationTooLarge(limit_bytes=MUTATION_BYTES_MAX), first)
    try:
        return Read(n, raw, digest, Mutation.model_validate(raw), None, first)
    except ValidationError as refused:
        where = "; ".join("/".join(str(p) for p in e["loc"]) + ": " + e["msg"] for e in refused.errors()[:5])
        return Read(n, raw, digest, None, MutationInvalid(where=where[:500]), first)


def _first(raw: Mapping[str, Any]) -> tuple[int, int] | None:
    """The name under which it was first queued; None where it says none, or none that can be read."""
    said = raw.get("first")
    if not isinstance(said, dict) or said.keys() != {"epoch", "n"}:
        return None
    epoch, n = said["epoch"], said["n"]
    return (epoch, n) if type(epoch) is type(n) is int and 1 <= min(epoch, n) <= max(epoch, n) <= N_MAX else None


def _packed(raw: dict[str, Any]) -> bytes | None:
    """The mutation as bytes; None when it is nested deeper than encoders and databases go."""
    try:
        packed = orjson.dumps(raw, option=orjson.OPT_SORT_KEYS)
    except TypeError:  # orjson's own limits
        return None
    brackets = packed.count(b"{") + packed.count(b"[")
    return packed if brackets <= NESTING_MAX or _levels(raw) <= NESTING_MAX else None


def _levels(raw: dict[str, Any]) -> int:
    level = 0
    here: list[Any] = [raw]
    while here:
        level += 1
        within = [v for item in here for v in (item.values() if isinstance(item, dict) else item)]
        here = [v for v in within if isinstance(v, dict | list)]
    return level


def _flat(raw: dict[str, Any]) -> bytes:
    """JSON of what is nested too deep for an encoder that calls itself. Bytes on the stack are already written."""
    written: list[bytes] = []
    todo: list[Any] = [raw]
    while todo:
        item = todo.pop()
        if isinstance(item, bytes):
            written.append(item)
        elif isinstance(item, dict):
            parts = [p for k, v in sorted(item.items()) for p in (b",", json.dumps(k).encode() + b":", v)]
            todo += reversed([b"{", *parts[1:], b"}"])
        elif isinstance(item, list):
            todo += reversed([b"[", *[p for v in item for p in (b",", v)][1:], b"]"])
        else:
            written.append(json.dumps(item).encode())  # takes what orjson does not: numbers of any length
    return b"".join(written)


def content_hash(raw: Mapping[str, Any]) -> bytes:
    """What a command says, whatever number it was queued under."""
    said = {key: raw.get(key) for key in ("cmd", "row", "params", "blobs")}
    return hashlib.sha256(orjson.dumps(said, option=orjson.OPT_SORT_KEYS)).digest()


def row_id_of(m: Mutation) -> str:
    assert m.row is not None
    return m.row.id


def strange_fields(m: Mutation) -> list[str]:
    """What is kept and left unapplied: names nobody knows, and parts of another sort of mutation."""
    if _is_plain(m):
        return []
    row, ops = (None, m.ops) if m.cmd == EDIT else (m.row, [])
    foreign = {"row": m.row, "params": m.params} if m.cmd == EDIT else {"ops": m.ops}
    named = sorted([*(m.model_extra or ()), *(name for name, said in foreign.items() if said)])
    named += [f"at.{k}" for k in sorted(m.at.model_extra or ())]
    named += [f"row.{k}" for k in sorted((row.model_extra if row else None) or ())]
    return named + [f"ops.{op.t}.{k}" for op in ops for k in sorted(op.model_extra or ())]


def _is_plain(m: Mutation) -> bool:
    """A deed or an edit as most are: nothing in it is strange."""
    if m.model_extra or m.at.model_extra:
        return False
    if m.cmd == EDIT:
        return m.row is None and not m.params and not any(op.model_extra for op in m.ops)
    return not m.ops and (m.row is None or not m.row.model_extra)


def ignored_fields(m: Mutation, command: Command) -> list[str]:
    unknown = () if m.params.keys() <= command.known else set(m.params) - command.known
    return strange_fields(m) + [f"params.{k}" for k in sorted(unknown)]


def claim_of_broken(read: Read, push: Push, received_ms: int) -> Claim:
    return Claim(
        push.device, push.epoch, push.user, read.n, received_ms, received_ms, clocks.POOR_ERROR_MS, "poor", received_ms
    )


def told(draft: Outcome, rows: Sequence[tuple[str, str]], versions: Mapping[tuple[str, str], int]) -> Outcome:
    """The outcome with the rows as the mutation left them."""
    live = [RowVersion(t=t, id=row_id, ver=versions[t, row_id]) for t, row_id in rows if (t, row_id) in versions]
    seq = max((row.ver for row in live), default=None) if draft.seq == AT_ITS_END else None
    return draft.model_copy(update={"rows": live, "seq": seq})
