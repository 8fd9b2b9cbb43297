"""Keys of filling stations are entered and bounded; the blocked list is signed for handsets."""

from base64 import b64encode
from datetime import timedelta
from hashlib import sha256
from hmac import digest

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from backend.gas.queries import keys as queries
from backend.gas.queries.rulings import rule_tables
from backend.gas.queries.sight import today
from backend.gas.rules.dates import table_on
from backend.gas.rules.delivery_refusals import KeyImpossible, KeyTaken
from backend.gas.tables import GasPack, GasStationKey
from backend.kernel.audit import record
from backend.kernel.context import Ctx
from backend.kernel.ids import new_id
from mobile_contract import station_keys as wire
from mobile_contract.blocked_filter import build
from mobile_contract.offline_verdict import short_name
from qr.signing import KEYS_PER_RING_MAX

MANAGE = "gas.manage"
PACK_HOLDS = timedelta(hours=72)
PACK_RENEWED = timedelta(hours=12)
RECENT = timedelta(days=7)


def add_station_key(ctx: Ctx, ask: wire.NewStationKey) -> GasStationKey:
    """Enters a station's public key for the whole district. Refuses with gas.key_taken and gas.key_impossible."""
    district = f"/{ctx.settings.district}/"
    ctx.principal.require(MANAGE, district)
    known = queries.station_keys(ctx)
    if any(key.key_id == ask.key_id for key in known):
        raise KeyTaken(key_id=ask.key_id)
    if len(known) >= KEYS_PER_RING_MAX:
        raise KeyImpossible(why="full")
    if ask.valid_until_at is not None and ask.valid_until_at <= ask.valid_from_at:
        raise KeyImpossible(why="valid_until_at")
    row = GasStationKey(**ask.model_dump(), area_path=district)
    ctx.session.add(row)
    ctx.session.flush()
    record(ctx, "gas.station_key_added", f"gas_station_key:{row.id}", key_id=row.key_id, station=row.station)
    return row


def bound_station_key(ctx: Ctx, station_key_id: str, ask: wire.BoundStationKey) -> GasStationKey:
    """Ends a key, or revokes its fills in a range of time; a key is never taken away.

    Refuses with gas.key_unknown and gas.key_impossible.
    """
    row = queries.key_row(ctx, station_key_id)
    ctx.principal.require(MANAGE, row.area_path)
    if ask.valid_until_at is not None:
        if ask.valid_until_at <= row.valid_from_at:
            raise KeyImpossible(why="valid_until_at")
        row.valid_until_at = ask.valid_until_at
    if ask.revoke_since_at is not None:
        if ask.revoke_until_at is not None and ask.revoke_until_at <= ask.revoke_since_at:
            raise KeyImpossible(why="revoke_until_at")
        if len(row.revoked) >= wire.REVOCATIONS_MAX:
            raise KeyImpossible(why="full")
        range_ = wire.RevokedFills(since_at=ask.revoke_since_at, until_at=ask.revoke_until_at)
        row.revoked = [*row.revoked, range_.model_dump(mode="json")]
    ctx.session.add(row)
    ctx.session.flush()
    record(ctx, "gas.station_key_bounded", f"gas_station_key:{row.id}", key_id=row.key_id)
    return row


def sign_pack(ctx: Ctx) -> bool:
    """Signs the blocked list anew where it changed or grew old; gives whether it did. Safe to run twice."""
    names = queries.blocked_names(ctx)
    told = sha256("\n".join(names).encode()).hexdigest()
    row = queries.pack_row(ctx)
    if row is not None and row.digest == told and ctx.now() - row.issued_at < PACK_RENEWED:
        return False
    shape = _pack(ctx, names, row.id if row else new_id())
    if row is None:
        row = GasPack(**shape.model_dump(), digest=told)
    for name, value in shape.model_dump(exclude={"id"}).items():
        setattr(row, name, value)
    row.digest = told
    ctx.session.add(row)
    ctx.session.flush()
    return True


def _pack(ctx: Ctx, names: list[str], pack_id: str) -> wire.GasPack:
    key, now = _key(ctx), ctx.now().replace(microsecond=0)
    recent = queries.lately_blocked(ctx, now - RECENT, wire.RECENT_MAX)
    pack = wire.GasPack(
        id=pack_id,
        issued_at=now,
        expires_at=now + PACK_HOLDS,
        rule_version=table_on(today(ctx), rule_tables(ctx)).version,
        blocked=len(names),
        filter=b64encode(build(names)).decode(),
        recent=sorted(short_name(name) for name in recent),
        public_key=key.public_key().public_bytes_raw().hex(),
        signature="",
        area_path=f"/{ctx.settings.district}/",
    )
    return pack.model_copy(update={"signature": b64encode(key.sign(pack.signed_bytes())).decode()})


def _key(ctx: Ctx) -> Ed25519PrivateKey:
    seed = digest(ctx.settings.secret.get_secret_value().encode(), b"gridcrew gas pack key 1", "sha256")
    return Ed25519PrivateKey.from_private_bytes(seed)
