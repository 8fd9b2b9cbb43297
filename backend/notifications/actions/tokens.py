"""Where a phone can be pushed: registered by the phone, taken back when its sign-in or the handset ends."""

from collections.abc import Iterable
from datetime import datetime

from backend.handsets.events import DeviceEnded, StreamClosed, StreamOpened
from backend.kernel.context import Ctx
from backend.kernel.ids import token_hash
from backend.notifications import queries
from backend.notifications.rules import GatewayOff, NoHandset
from backend.notifications.tables import PushToken
from backend.people.events import SessionsEnded
from mobile_contract.notices import AskPush, PushGateway


def register(ctx: Ctx, ask: AskPush) -> None:
    """This handset, with the person who is signed in, is pushed under this token from now on; its earlier one is
    forgotten. Refuses with notifications.no_handset, notifications.gateway_off."""
    device_id = ctx.principal.device_id
    if device_id is None:
        raise NoHandset
    if ask.gateway is PushGateway.none or ask.gateway is not ctx.settings.push_gateway:
        raise GatewayOff
    hashed = token_hash(ask.token)
    forget(ctx, queries.same_token(ctx, hashed, besides=device_id))
    row = queries.token_of(ctx, device_id)
    if row is None or row.person_id != ctx.principal.person_id:
        # Whoever registers has just pulled, or is about to: what is there already needs no poke.
        forget(ctx, [row] if row else [])
        row = PushToken(
            device_id=device_id,
            person_id=ctx.principal.person_id,
            session_id=ctx.principal.session_id,
            gateway=ask.gateway.value,
            token=ask.token,
            token_hash=hashed,
            language=ask.language.value,
            registered_at=ctx.now(),
            poked_seq=queries.head(ctx),
        )
    row.session_id, row.gateway, row.language = ctx.principal.session_id, ask.gateway.value, ask.language.value
    row.token, row.token_hash = ask.token, hashed
    ctx.session.add(row)
    ctx.session.flush()


def withdraw(ctx: Ctx) -> None:
    """This handset is pushed no more. Refuses with notifications.no_handset."""
    if ctx.principal.device_id is None:
        raise NoHandset
    row = queries.token_of(ctx, ctx.principal.device_id)
    forget(ctx, [row] if row else [])


def forget(ctx: Ctx, rows: Iterable[PushToken]) -> None:
    """Takes tokens back."""
    for row in rows:
        ctx.session.delete(row)
    ctx.session.flush()


def forget_ended_sessions(ctx: Ctx, event: SessionsEnded) -> None:
    """Who signed out is pushed no more."""
    forget(ctx, queries.tokens_of_sessions(ctx, event.session_ids))


def forget_ended_device(ctx: Ctx, event: DeviceEnded) -> None:
    """A handset that was lost or revoked is pushed no more."""
    row = queries.token_of(ctx, event.device_id)
    forget(ctx, [row] if row else [])


def stream_opened(ctx: Ctx, event: StreamOpened) -> None:
    """As long as its stream is open the vendor is not asked."""
    _stream(ctx, event.device_id, event.until_at)


def stream_closed(ctx: Ctx, event: StreamClosed) -> None:
    """Its stream is over, unless it has opened another since."""
    row = queries.token_of(ctx, event.device_id)
    if row is not None and row.streaming_until_at == event.until_at:
        _stream(ctx, event.device_id, None)


def _stream(ctx: Ctx, device_id: str, until_at: datetime | None) -> None:
    row = queries.token_of(ctx, device_id)
    if row is not None:
        row.streaming_until_at = until_at
        ctx.session.add(row)
