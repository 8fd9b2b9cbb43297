"""Rows as they travel. Pure."""

from typing import Any

from backend.handsets.rules import FAULT, reason_withheld, told, withheld
from backend.handsets.tables import Conflict, ConflictSide, Held


def conflict_body(row: Conflict, *, desk: bool = False) -> dict[str, Any]:
    """A conflict as handsets hold it; `desk`: with the server's side even where the crew's sight has ended."""
    hidden = row.sight_ended and not desk
    kept = reason_withheld(row.why) if hidden else row.why
    why = kept or {"code": FAULT, "params": {}}
    return {
        "id": row.id,
        "t": row.t,
        "row": row.row,
        "device": row.device,
        "epoch": row.epoch,
        "user": row.person_id,
        "n": row.n,
        "cmd": row.cmd,
        "severity": row.severity,
        "state": row.state,
        "why": kept,
        "text": told(why["code"], why.get("params", {})),
        "fields": withheld(row.fields) if hidden else row.fields,
        "payload": row.payload,
        "done_at": row.done_at.isoformat(),
        "created_at": row.created_at.isoformat(),
        "settled_at": row.settled_at.isoformat() if row.settled_at else None,
        "settled_by": row.settled_by,
        "choice": row.choice,
        "note": row.note,
        "team_id": row.team_id,
        "owner": row.owner,
        "due_at": row.due_at.isoformat() if row.due_at else None,
    }


def side_body(row: ConflictSide) -> dict[str, Any]:
    """The server's side, as desks hold it beside the conflict."""
    why = row.why or {"code": FAULT, "params": {}}
    return {
        "id": row.id,
        "why": row.why,
        "text": told(why["code"], why.get("params", {})),
        "fields": row.fields,
    }


def held_body(row: Held) -> dict[str, Any]:
    """A waiting mutation as its phone sees it."""
    return {
        "id": row.id,
        "device": row.device,
        "epoch": row.claim["epoch"],
        "n": row.n,
        "cmd": row.cmd,
        "state": row.state,
        "needs": row.needs,
        "outcome": row.outcome,
    }
