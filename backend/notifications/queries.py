"""Reads of notices and push tokens, within sight."""

from collections.abc import Collection, Sequence

from sqlalchemy import bindparam, case, literal, text, tuple_
from sqlmodel import col, select

from backend.kernel.context import Ctx
from backend.kernel.errors import NotFound
from backend.kernel.journaling import journal_of
from backend.kernel.paging import beyond, cursor_of, cut, read_cursor
from backend.kernel.tables import Instant
from backend.notifications import rules
from backend.notifications.tables import Notice, PushToken
from mobile_contract import notices as wire
from mobile_contract.base import Page
from sync.stores.driver import portions


def shape(row: Notice) -> wire.InboxNotice:
    """A notice as it travels."""
    return wire.InboxNotice(
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


_AHEAD = case((col(Notice.urgent).is_(True) & col(Notice.read_at).is_(None), literal("1")), else_=literal("0"))


def _place(row: Notice) -> str:
    return "1" if row.urgent and row.read_at is None else "0"


def inbox(ctx: Ctx, *, unread: bool, after: str | None, limit: int) -> Page[wire.InboxNotice]:
    """The caller's own notices: what is urgent and was not read ahead of all, then newest first."""
    wanted = select(Notice).where(Notice.person_id == ctx.principal.person_id)
    if unread:
        wanted = wanted.where(col(Notice.read_at).is_(None))
    if after is not None:
        wanted = wanted.where(beyond([_AHEAD, col(Notice.id)], read_cursor(after, str, str), falling=True))
    rows = ctx.session.exec(wanted.order_by(_AHEAD.desc(), col(Notice.id).desc()).limit(limit + 1)).all()
    shown, following = cut(rows, limit, lambda row: cursor_of(_place(row), row.id))
    return Page(items=[shape(row) for row in shown], next=following)


def own_notice(ctx: Ctx, notice_id: str) -> Notice:
    """A notice of the caller's; refuses with request.not_found."""
    found = ctx.session.get(Notice, notice_id)
    if found is None or found.person_id != ctx.principal.person_id:
        raise NotFound
    return found


def told_of(ctx: Ctx, pairs: Collection[tuple[str, str]]) -> set[tuple[str, str]]:
    """Those of the (cause, person) that were told already."""
    found: set[tuple[str, str]] = set()
    for portion in portions(sorted(pairs)):
        some = [(person_id, cause) for cause, person_id in portion]
        known = tuple_(col(Notice.person_id), col(Notice.cause)).in_(some)
        found |= set(ctx.session.exec(select(Notice.cause, Notice.person_id).where(known)))
    return found


def old_notices(ctx: Ctx) -> Sequence[Notice]:
    """Notices that were kept long enough, oldest first, as many as one job forgets."""
    old = col(Notice.created_at) < ctx.now() - rules.NOTICES_KEPT
    wanted = select(Notice).where(old).order_by(col(Notice.created_at)).limit(rules.PRUNED_AT_ONCE)
    return ctx.session.exec(wanted).all()


# -- phones that can be pushed ------------------------------------------------------------------------------------


def token_of(ctx: Ctx, device_id: str) -> PushToken | None:
    """How a handset is pushed, whoever asks."""
    return ctx.session.get(PushToken, device_id)


def same_token(ctx: Ctx, hashed: str, besides: str) -> Sequence[PushToken]:
    """Registrations of the same token by another handset's name: the phone was enrolled anew."""
    wanted = select(PushToken).where(PushToken.token_hash == hashed, PushToken.device_id != besides)
    return ctx.session.exec(wanted).all()


def tokens_of_sessions(ctx: Ctx, session_ids: Collection[str]) -> Sequence[PushToken]:
    """What was registered by these sign-ins."""
    return ctx.session.exec(select(PushToken).where(col(PushToken.session_id).in_(session_ids))).all()


def reached(ctx: Ctx, person_ids: Collection[str]) -> set[str]:
    """Those of the persons who can be reached on a phone, by the gateway in use."""
    theirs = select(PushToken.person_id).where(
        col(PushToken.person_id).in_(sorted(person_ids)), PushToken.gateway == ctx.settings.push_gateway.value
    )
    return set(ctx.session.exec(theirs))


def tokens_of_person(ctx: Ctx, person_id: str) -> Sequence[PushToken]:
    """Every phone on which the person can be reached, by the gateway in use."""
    mine = select(PushToken).where(
        PushToken.person_id == person_id, PushToken.gateway == ctx.settings.push_gateway.value
    )
    return ctx.session.exec(mine).all()


def notice(ctx: Ctx, notice_id: str) -> Notice | None:
    """A notice, for the job that pushes it."""
    return ctx.session.get(Notice, notice_id)


def any_to_poke(ctx: Ctx) -> bool:
    """Whether a poke is owed to anybody."""
    return ctx.settings.push_gateway is not wire.PushGateway.none and bool(to_poke(ctx, 1))


def to_poke(ctx: Ctx, limit: int) -> list[str]:
    """Handsets of which something moved since they were told, that have no stream open and were not poked of late;
    longest unpoked first."""
    found = ctx.session.connection().execute(
        _TO_POKE,
        {
            "gateway": ctx.settings.push_gateway.value,
            "now": ctx.now(),
            "rested": ctx.now() - rules.POKE_EVERY,
            "limit": limit,
        },
    )
    return list(found.scalars())


_TO_POKE = text(
    """
    SELECT p.device_id FROM notifications_push_token p
    WHERE p.gateway = :gateway
      AND (p.streaming_until_at IS NULL OR p.streaming_until_at <= :now)
      AND (p.poked_at IS NULL OR p.poked_at <= :rested)
      AND EXISTS (
        SELECT 1 FROM sync_user_scopes u LEFT JOIN sync_scopes s ON s.scope = u.scope
        WHERE u.user_id = p.person_id
          AND (u.seq_in > p.poked_seq OR u.seq_out > p.poked_seq OR (u.seq_out IS NULL AND s.ver > p.poked_seq)))
    ORDER BY CASE WHEN p.poked_at IS NULL THEN 0 ELSE 1 END, p.poked_at, p.device_id LIMIT :limit
    """
).bindparams(bindparam("now", type_=Instant), bindparam("rested", type_=Instant))


def tokens(ctx: Ctx, device_ids: Collection[str]) -> Sequence[PushToken]:
    """How these handsets are pushed."""
    return ctx.session.exec(select(PushToken).where(col(PushToken.device_id).in_(device_ids))).all()


def head(ctx: Ctx) -> int:
    """The newest number of the journal."""
    return journal_of(ctx.session).head()
