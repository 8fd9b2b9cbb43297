"""What was decided of doubtful clock-ins, on handsets."""

from typing import Any

from backend.attendance import queries, rules
from backend.attendance.tables import PunchReview
from mobile_contract import reviews as wire
from sync.kinds import Kind, Policy


def _body(row: PunchReview) -> dict[str, Any]:
    return queries.review_shape(row).model_dump(mode="json")


def _scopes(row: PunchReview) -> list[str]:
    return rules.punch_scopes(row.person_id, row.area_path)


REVIEW_KIND = Kind(
    name="punch_reviews",
    table=PunchReview,
    fields=dict.fromkeys(wire.PunchReview.model_fields, Policy.server),
    body=_body,
    scopes=_scopes,
    priority=7,
)
