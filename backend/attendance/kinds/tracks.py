"""Tracks on handsets: batches go up and leave a receipt; who looked comes down."""

from collections.abc import Sequence
from typing import Any

from backend.attendance import actions, queries
from backend.attendance.tables import TrackBatch, TrackLook
from backend.kernel.context import Ctx
from backend.kernel.scopes import user_scope
from backend.kernel.shapes import known, reader
from mobile_contract import tracks as wire
from sync.kinds import Command, Deed, Kind, Policy


def _accept(ctx: Ctx, deed: Deed) -> None:
    _accept_many(ctx, [deed])


def _accept_many(ctx: Ctx, deeds: Sequence[Deed]) -> None:
    actions.report_tracks(ctx, [actions.NewBatch(deed.row_id, deed.params) for deed in deeds])


def _batch_body(row: TrackBatch) -> dict[str, Any]:
    return queries.batch_shape(row).model_dump(mode="json")


def _look_body(row: TrackLook) -> dict[str, Any]:
    return queries.look_shape(row).model_dump(mode="json")


def _own_scopes(row: TrackBatch | TrackLook) -> list[str]:
    """Where somebody was is for their own phone, and for no desk's."""
    return [user_scope(row.person_id)]


REPORT_TRACK = Command(
    name="attendance.report_track",
    kind="track_batches",
    read=reader(wire.ReportTrackParams),
    accept=_accept,
    accept_many=_accept_many,
    fact=True,
    creates=True,
    known=known(wire.ReportTrackParams),
)
BATCH_KIND = Kind(
    name="track_batches",
    table=TrackBatch,
    fields=dict.fromkeys(wire.TrackBatch.model_fields, Policy.server),
    body=_batch_body,
    scopes=_own_scopes,
    commands=[REPORT_TRACK],
    priority=9,
    facts=True,
)
LOOK_KIND = Kind(
    name="track_looks",
    table=TrackLook,
    fields=dict.fromkeys(wire.TrackLook.model_fields, Policy.server),
    body=_look_body,
    scopes=_own_scopes,
    priority=9,
)
