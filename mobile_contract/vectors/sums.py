"""Hashes and sums: what makes two mutations the same, and what a scope's rows add up to."""

import hashlib
from typing import Any

from mobile_contract.vectors import MORNING_MS, Case, row_id
from sync.digests import Digest, row_hash
from sync.mutations import content_hash, read_one

DEED: dict[str, Any] = {
    "n": 7,
    "at": {"wall_ms": MORNING_MS, "mono_ms": 61_000, "boot": "b1"},
    "cmd": "workorders.finish",
    "row": {"t": "workorders", "id": row_id(4), "base": {"step": 981}},
    "params": {"note": "扫完", "photos": []},
}
BODIES = (b"{}", b'{"step":"done"}', '{"note":"井盖松动"}'.encode(), b'{"step": "done"}', b'{"a":1.0}')


def hashes() -> list[Case]:
    """Mutations with the SHA-256 of all they say, and of what they say under whatever number."""
    others: tuple[dict[str, Any], ...] = (
        DEED,
        dict(reversed(DEED.items())),
        DEED | {"n": 8},
        DEED | {"n": 1, "first": {"epoch": 1, "n": 7}},
        DEED | {"held_cookie": "another"},
        DEED | {"params": {"photos": [], "note": "扫完"}},
        DEED | {"params": {"note": "扫完。", "photos": []}},
        DEED | {"blobs": ["9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"]},
        DEED | {"unknown": [1, 2.5, None, "\U0001f6b2", "é"]},
    )
    return [{"mutation": said, "gives": hashed({"mutation": said})} for said in others]


def hashed(case: Case) -> Case:
    """SHA-256 of the mutation as JSON without spaces, keys in the order of their code points, text not escaped.

    One with `first` as it was first queued, with the number it then had and without `first`. `content` covers only
    `cmd`, `row`, `params` and `blobs` (null when absent)."""
    said = case["mutation"]
    return {"sha256": read_one(said).hash.hex(), "content": content_hash(said).hex()}


def digests() -> list[Case]:
    """Rows and what they sum up to: none, one, many, in any order, and bodies that differ by a space."""
    rows = [["workorders", row_id(i), 900 + i, body.decode()] for i, body in enumerate(BODIES)]
    chosen: tuple[list[list[Any]], ...] = ([], rows[:1], rows[1:2], rows[3:4], rows, rows[::-1], rows[:2] * 2)
    return [{"rows": some, "gives": summed({"rows": some})} for some in chosen]


def summed(case: Case) -> Case:
    """The hash of each row and the digest of all: see sync/README.md, "Digests"."""
    each = [row_hash(t, rid, ver, body.encode()) for t, rid, ver, body in case["rows"]]
    return {"rows": [f"{one:064x}" for one in each], "digest": Digest().plus(each).text()}


def body_hash(body: str) -> str:
    """SHA-256 of a row's body, as one step of its hash."""
    return hashlib.sha256(body.encode()).hexdigest()
