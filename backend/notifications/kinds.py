"""What notifications give to sync: a person's inbox, to be read and marked without a network."""

from typing import Any

from backend.kernel.context import Ctx
from backend.kernel.scopes import user_scope
from backend.kernel.shapes import known, reader
from backend.notifications import actions, queries
from backend.notifications.tables import Notice
from mobile_contract import notices as wire
from sync.kinds import Command, Deed, Kind, Policy


def _body(row: Notice) -> dict[str, Any]:
    return queries.shape(row).model_dump(mode="json")


def _scopes(row: Notice) -> list[str]:
    return [user_scope(row.person_id)]


def _read(ctx: Ctx, deed: Deed) -> None:
    actions.read(ctx, deed.row_id)


NOTICES = Kind(
    name="notices",
    table=Notice,
    fields=dict.fromkeys(wire.InboxNotice.model_fields, Policy.server),
    body=_body,
    scopes=_scopes,
    commands=(
        Command(
            name="notices.read",
            kind="notices",
            read=reader(wire.ReadParams),
            accept=_read,
            known=known(wire.ReadParams),
        ),
    ),
    priority=4,
)
KINDS = (NOTICES,)
