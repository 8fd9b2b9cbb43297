"""Signing keys: made when first needed, rotated, withdrawn."""

from datetime import timedelta

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from backend.kernel.audit import record
from backend.kernel.context import Ctx
from backend.people.queries.lookups import believed_keys, signing_key
from backend.people.rules import ACCESS_LEEWAY_S
from backend.people.tables import SigningKey
from backend.people.tokens import access_lives, new_key_pair, open_private


def rotate_keys(ctx: Ctx, *, withdraw: bool = False) -> str:
    """A new key signs from now on; gives its kid. Tokens of the old keys are believed until they run out, or with
    `withdraw` no more (within a minute, see queries.identity.KEY_BELIEVED_S)."""
    ctx.principal.require("keys.rotate")
    kid = _replace(ctx).kid
    if withdraw:
        for row in believed_keys(ctx.session):
            if row.kid != kid:
                row.withdrawn_at = ctx.now()
                ctx.session.add(row)
    record(ctx, deed="people.keys_rotated", subject=kid, withdraw=withdraw)
    return kid


def present_key(ctx: Ctx) -> tuple[str, Ed25519PrivateKey]:
    """The key that signs: (kid, private key). Made now when there is none, or none that our secret opens."""
    row = signing_key(ctx.session)
    if row is not None and (key := open_private(ctx.settings, row.sealed_private)):
        return row.kid, key
    made = _replace(ctx)
    key = open_private(ctx.settings, made.sealed_private)
    assert key is not None
    return made.kid, key


def forget_old_keys(ctx: Ctx) -> int:
    """Removes keys whose last token is over; gives their number."""
    over = ctx.now() - access_lives(ctx.settings) - timedelta(seconds=ACCESS_LEEWAY_S)
    old = [row for row in believed_keys(ctx.session) if row.retired_at is not None and row.retired_at <= over]
    for row in old:
        ctx.session.delete(row)
    return len(old)


def _replace(ctx: Ctx) -> SigningKey:
    for row in believed_keys(ctx.session):
        if row.retired_at is None:
            row.retired_at = ctx.now()
            ctx.session.add(row)
    sealed, public_x = new_key_pair(ctx.settings)
    made = SigningKey(sealed_private=sealed, public_x=public_x, created_at=ctx.now())
    ctx.session.add(made)
    ctx.session.flush()
    return made
