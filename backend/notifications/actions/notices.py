"""Telling people, once a cause; what was read; what is old."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from backend.handsets.events import ConflictEscalated
from backend.kernel.authority import Role
from backend.kernel.context import Ctx
from backend.kernel.events import announce
from backend.notifications import queries, rules
from backend.notifications.actions.pushing import wish_push
from backend.notifications.events import NoticeKept
from backend.notifications.tables import Notice
from backend.people import queries as persons
from mobile_contract.texts.notifications import NOTICES


@dataclass(frozen=True, slots=True)
class Word:
    """What is to be told. `code` has its texts in mobile_contract/texts/notifications.py; `cause` names why: the same
    cause reaches a person once, however often it is raised."""

    code: str
    cause: str
    params: Mapping[str, Any] = field(default_factory=dict)
    about: tuple[str, str] | None = None
    """(kind, id) of the row it is about."""
    urgent: bool = False


Telling = tuple[Iterable[str], Word]
"""Who is to be told, and what."""


def notify(ctx: Ctx, person_ids: Iterable[str], word: Word) -> list[str]:
    """Tells those of the persons who work here and were not told of this cause; gives the ids of the notices."""
    return notify_all(ctx, [(person_ids, word)])


def notify_all(ctx: Ctx, tellings: Iterable[Telling]) -> list[str]:
    """As `notify`, of many causes with a few statements."""
    wanted: dict[tuple[str, str], Word] = {}
    for person_ids, word in tellings:
        assert word.code in NOTICES, f"no text for the notice {word.code}"
        for person_id in list(dict.fromkeys(person_ids))[: rules.RECIPIENTS_MAX]:
            wanted.setdefault((word.cause, person_id), word)
    here = persons.employed(ctx, {person_id for _, person_id in wanted})
    already = queries.told_of(ctx, wanted)
    rows = [
        _notice(ctx, person_id, word)
        for (cause, person_id), word in sorted(wanted.items(), key=lambda entry: entry[0])
        if person_id in here and (cause, person_id) not in already
    ]
    ctx.session.add_all(rows)
    ctx.session.flush()
    reached = queries.reached(ctx, {row.person_id for row in rows})
    for row in rows:
        if row.person_id in reached:
            wish_push(ctx, row)
        announce(ctx, NoticeKept(row.id, row.person_id, row.code))
    return [row.id for row in rows]


def _notice(ctx: Ctx, person_id: str, word: Word) -> Notice:
    kind, row_id = word.about or (None, None)
    return Notice(
        person_id=person_id,
        cause=word.cause,
        code=word.code,
        params=dict(word.params),
        urgent=word.urgent,
        about_kind=kind,
        about_id=row_id,
        created_at=ctx.now(),
    )


def read(ctx: Ctx, notice_id: str) -> Notice:
    """The caller has read it; the first time counts. Refuses with request.not_found."""
    row = queries.own_notice(ctx, notice_id)
    if row.read_at is None:
        row.read_at = ctx.done_at()
        ctx.session.add(row)
        ctx.session.flush()
    return row


def forget_old(ctx: Ctx) -> int:
    """Takes old notices out of inbox and phones; gives how many."""
    old = queries.old_notices(ctx)
    for row in old:
        ctx.session.delete(row)
    ctx.session.flush()
    return len(old)


def tell_of_escalation(ctx: Ctx, event: ConflictEscalated) -> None:
    """Nobody settled a conflict in time: whoever owes the decision now is told."""
    owners = persons.holders(ctx, Role(event.owner), event.area)
    cause = f"conflict:{event.conflict_id}:{event.owner}"
    params = {"severity": event.severity, "owner": event.owner}
    notify(ctx, owners, Word("conflicts.escalated", cause, params, about=("conflicts", event.conflict_id)))
