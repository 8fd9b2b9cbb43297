"""A day judged, as it travels: JSON, equal for equal facts. Pure."""

import hashlib
from dataclasses import asdict
from typing import Any

import orjson

from backend.attendance.rules.explain import worded
from backend.attendance.rules.facts import DayFacts
from backend.attendance.rules.results import Result
from backend.attendance.rules.slots import Met
from backend.kernel.clock import from_ms


def body_of(day: DayFacts, result: Result) -> dict[str, Any]:
    """A day as it travels, but for what its row says: JSON, equal for equal facts."""
    shift = day.shift
    paid = asdict(result.pay)
    paid.pop("overtime_short_min")
    return {
        "person_id": day.person_id,
        "on": day.on.isoformat(),
        "state": result.state.value,
        "word": result.word.value,
        "no_contact": result.no_contact,
        "kind": result.kind.value,
        "shift_type_id": shift.id if shift else None,
        "shift_name": shift.name if shift else "",
        "post_name": day.post_name,
        "parts": [asdict(part) for part in shift.parts] if shift else [],
        "slots": [_slot(met) for met in result.slots],
        "late_min": result.late_min,
        "early_min": result.early_min,
        **paid,
        "review": result.review,
        "reasons": [worded(reason).model_dump(mode="json") for reason in result.reasons],
    }


def _slot(met: Met) -> dict[str, Any]:
    punch = met.punch
    return {
        "part": met.slot.part,
        "direction": met.slot.direction.value,
        "planned_at": _at(met.slot.planned_ms),
        "word": met.word.value,
        "punch_id": punch.id if punch else None,
        "at": _at(punch.at_ms) if punch else None,
        "error_ms": punch.error_ms if punch else None,
        "off_min": met.off_min,
        "place": punch.place.value if punch else None,
        "source": punch.source.value if punch else None,
        "integrity": met.integrity.value if met.integrity else None,
    }


def _at(ms: int) -> str:
    return from_ms(ms).isoformat().replace("+00:00", "Z")


def body_digest(body: dict[str, Any]) -> str:
    """SHA-256 of a day's body."""
    return hashlib.sha256(orjson.dumps(body, option=orjson.OPT_SORT_KEYS)).hexdigest()
