"""Reads of notices and push tokens, within sight."""

from collections.abc import Collection, Sequence

from sqlmodel import col, select

from backend.kernel.context import Ctx
from backend.kernel.errors import NotFound
from backend.kernel.paging import beyond, cursor_of, cut, read_cursor
from backend.notifications import rules
from backend.notifications.tables import Notice
from mobile_contract import notices as wire
from mobile_contract.base import Page


def shape(row: Notice) -> wire.Notice:
    """A notice as it travels."""
    return wire.Notice(
        id=row.id,
        person_id=row.person_id,
        code=row.code,
        params=row.params,
        title=rules.title_of(row.code),
        texts=rules.texts_of(row.code, row.params),
        urgent=row.urgent,
        about_kind=row.about_kind,
        about_id=row.about_id,
        created_at=row.created_at,
        read_at=row.read_at,
    )


def inbox(ctx: Ctx, *, unread: bool, after: str | None, limit: int) -> Page[wire.Notice]:
    """The caller's own notices, newest first."""
    wanted = select(Notice).where(Notice.person_id == ctx.principal.person_id)
    if unread:
        wanted = wanted.where(col(Notice.read_at).is_(None))
    if after is not None:
        wanted = wanted.where(beyond([col(Notice.id)], read_cursor(after, str), falling=True))
    rows = ctx.session.exec(wanted.order_by(col(Notice.id).desc()).limit(limit + 1)).all()
    shown, following = cut(rows, limit, lambda row: cursor_of(row.id))
    return Page(items=[shape(row) for row in shown], next=following)


def own_notice(ctx: Ctx, notice_id: str) -> Notice:
    """A notice of the caller's; refuses with request.not_found."""
    found = ctx.session.get(Notice, notice_id)
    if found is None or found.person_id != ctx.principal.person_id:
        raise NotFound
    return found


def told_of(ctx: Ctx, cause: str, person_ids: Collection[str]) -> set[str]:
    """Those who were told of the cause already."""
    wanted = select(Notice.person_id).where(Notice.cause == cause, col(Notice.person_id).in_(sorted(person_ids)))
    return set(ctx.session.exec(wanted).all())


def old_notices(ctx: Ctx) -> Sequence[Notice]:
    """Notices that were kept long enough, oldest first, as many as one job forgets."""
    old = col(Notice.created_at) < ctx.now() - rules.NOTICES_KEPT
    wanted = select(Notice).where(old).order_by(col(Notice.created_at)).limit(rules.PRUNED_AT_ONCE)
    return ctx.session.exec(wanted).all()
