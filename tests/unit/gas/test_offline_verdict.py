"""A handset judges a cylinder without a network: by its rows, the seal of the fill, and the signed blocked list."""

import random
from base64 import b64encode
from datetime import UTC, date, datetime
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from mobile_contract.blocked_filter import build, contains
from mobile_contract.gas import Block, Light, ScanStep
from mobile_contract.hand_over import Answer, Known
from mobile_contract.offline_verdict import Knowledge, Pack, PackFault, PackRefused, Seen, judge, open_pack, short_name
from mobile_contract.station_keys import GasPack
from qr.payload import format as written
from qr.signing import KeyRing, SealCertificate, SealSigner, StationKey

SIGNER = SealSigner(7, bytes(range(32)))
SERVER = Ed25519PrivateKey.from_private_bytes(bytes(32))
SERVER_KEY = SERVER.public_key().public_bytes_raw().hex()
RING = KeyRing((StationKey(7, 12, SIGNER.public_key, datetime(2026, 1, 1, tzinfo=UTC)),))
NOW, ON = datetime(2026, 9, 1, 2, tzinfo=UTC), date(2026, 9, 1)
CODE, BLOCKED, RECENT = "1440012260000001", "1440012260000066", "1440012260000067"
GOOD = Known(date(2028, 3, 31), date(2032, 3, 31), frozenset(), on_manifest=True)


def seal(cylinder: str = CODE, due: str | None = "2028-03", life: str | None = "2032-03") -> str:
    filled_at = datetime(2026, 8, 31, 8, tzinfo=UTC)
    certificate = SealCertificate(cylinder, filled_at, 14_500, 16_500, due, life, 12, 1)
    return written(SIGNER.sign(certificate, "https://gas.example.cn"))


def pack(expires_at: datetime = datetime(2026, 9, 3, tzinfo=UTC)) -> Pack:
    told = GasPack(
        id="0199b3a0-0000-7000-8000-000000000001",
        issued_at=NOW,
        expires_at=expires_at,
        rule_version="example",
        blocked=2,
        filter=b64encode(build([BLOCKED, RECENT])).decode(),
        recent=[short_name(RECENT)],
        public_key="00" * 32,
        signature="",
        area_path="/440111/",
    )
    return Pack(told)


def signed(issued_at: datetime = NOW, **more: Any) -> dict[str, Any]:
    """A pack as its row travels, signed by the server."""
    told = pack().told.model_copy(update={"issued_at": issued_at} | more)
    return told.model_copy(update={"signature": b64encode(SERVER.sign(told.signed_bytes())).decode()}).model_dump(
        mode="json"
    )


def refused(row: dict[str, Any], newest_at: datetime | None = None, public_key: str = SERVER_KEY) -> str:
    with pytest.raises(PackRefused) as caught:
        open_pack(row, public_key, newest_at)
    return caught.value.fault.value


def test_a_pack_is_opened_only_by_the_key_that_was_told_first() -> None:
    whole = signed()
    assert open_pack(whole, SERVER_KEY, NOW).blocked(RECENT)
    assert refused(whole, public_key="00" * 32) == "forged"
    assert refused(whole | {"signature": ""}) == "forged"
    for name, value in whole.items():
        if name in ("area_path", "public_key"):
            continue  # Neither is believed: the key is the first one told, the area is where the row was found.
        for at in range(0, len(str(value)) if isinstance(value, str) else 0, 7):
            other = "1" if value[at] != "1" else "2"
            assert refused(whole | {name: value[:at] + other + value[at + 1 :]}) in ("forged", "malformed"), name
    assert refused(whole | {"blocked": 1}) == refused(whole | {"recent": []}) == "forged"


def test_a_pack_that_was_cut_or_is_older_is_refused_and_nothing_full_is_green_then() -> None:
    whole = signed()
    assert refused(whole | {"filter": whole["filter"][:-8]}) == "forged"
    short = b64encode(build([BLOCKED])[:-1]).decode()
    assert refused(signed(filter=short)) == "malformed", "even when signed"
    assert [refused({}), refused({"filter": 7}), refused(whole | {"issued_at": "soon"})] == ["malformed"] * 3
    assert refused(signed(), datetime(2026, 9, 2, tzinfo=UTC)) == "older"
    knows = Knowledge(GOOD, None, RING, True, PackFault.forged)
    assert judge(ScanStep.deliver, Seen(CODE), knows, NOW, ON) == Answer(Light.amber, ("pack_refused", "forged"))
    nothing = Knowledge(None, None, RING, pack_fault=PackFault.older)
    assert judge(ScanStep.deliver, Seen(CODE), nothing, NOW, ON).light is Light.unknown
    assert judge(ScanStep.collect, Seen(CODE), knows, NOW, ON).light is Light.green, "an empty is always taken"


def light(seen: Seen, knows: Knowledge, step: ScanStep = ScanStep.deliver) -> tuple[Light, str]:
    answer = judge(step, seen, knows, NOW, ON)
    return answer.light, answer.why[0]


@pytest.mark.parametrize(
    ("seen", "row", "said"),
    [
        (Seen(CODE, seal()), GOOD, (Light.green, "in_order")),
        (Seen(CODE), GOOD, (Light.green, "in_order")),
        (Seen(CODE, seal()), None, (Light.amber, "not_on_manifest")),
        (Seen(CODE), None, (Light.red, "unknown_full")),
        (Seen(CODE, seal(due="2026-08")), None, (Light.red, "inspection_due")),
        (Seen(CODE, seal(life="2026-08")), None, (Light.red, "life_end")),
        (Seen(CODE, seal(due=None)), None, (Light.unknown, "dates_unknown")),
        (Seen(CODE, seal(BLOCKED)), GOOD, (Light.red, "seal_refused")),
        (Seen(CODE, seal()[:-4] + "AAAA"), GOOD, (Light.red, "seal_refused")),
        (Seen(CODE, "no seal"), GOOD, (Light.red, "seal_refused")),
        (Seen(BLOCKED, seal(BLOCKED)), None, (Light.red, "probably_blocked")),
        (Seen(RECENT, seal(RECENT)), GOOD, (Light.red, "blocked")),
        (Seen("scratched"), GOOD, (Light.red, "manual_id")),
    ],
)
def test_the_light_of_a_full_cylinder(seen: Seen, row: Known | None, said: tuple[Light, str]) -> None:
    assert light(seen, Knowledge(row, pack(), RING, any_rows=True)) == said


def test_a_handset_without_any_data_says_so() -> None:
    assert light(Seen(CODE), Knowledge(None, None, RING)) == (Light.unknown, "no_data")
    unknown_key = Knowledge(None, pack(), KeyRing())
    assert light(Seen(CODE, seal()), unknown_key) == (Light.unknown, "no_data"), "the keys may be old"


def test_a_pack_that_ran_out_is_amber_and_never_red() -> None:
    old = Knowledge(GOOD, pack(expires_at=NOW), RING, any_rows=True)
    assert light(Seen(CODE, seal()), old) == (Light.amber, "pack_expired")
    blocked = Known(GOOD.next_inspection_on, GOOD.life_end_on, frozenset({Block.recall}), on_manifest=True)
    assert light(Seen(CODE), Knowledge(blocked, pack(), RING)) == (Light.red, "recall")


def test_an_empty_is_always_taken() -> None:
    knows = Knowledge(None, pack(), RING)
    for code in (CODE, BLOCKED, RECENT, "scratched"):
        assert light(Seen(code), knows, ScanStep.collect)[0] is not Light.red


def test_a_filter_holds_all_its_names_and_few_others() -> None:
    dice = random.Random(440_111)
    for count in (0, 1, 2, 3, 10, 100, 3_000):
        names = [f"{dice.randrange(10**16):016d}" for _ in range(count)]
        kept = build(names)
        assert all(contains(kept, name) for name in names)
        others = sum(contains(kept, f"x{number}") for number in range(3_000))
        assert others < 60, "one of 256"
    assert len(kept) < 3_000 * 1.4 + 16
    assert build(names) == build(list(reversed(names))), "the same set, the same bytes"
