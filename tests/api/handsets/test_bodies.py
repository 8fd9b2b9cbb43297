"""What comes in as a push's body: sizes, encodings, damage."""

import gzip
from typing import Any

import orjson
import zstandard

from backend.attendance.tables import Punch
from sync.protocol import MUTATIONS_PER_PUSH_MAX, PUSH_BYTES_MAX
from tests.api.handsets.conftest import Field
from tests.makers import Handset

ON_POSTGRES: set[str] = set()
"""Nothing here asks the store something of its own: it runs there in `make test-full`."""

PUSH, PULL = "/sync/v1/push", "/sync/v1/pull"
CLOCK_IN = ("attendance.clock_in", "punches")
SQUEEZE = {"zstd": zstandard.ZstdCompressor(write_checksum=True).compress, "gzip": gzip.compress}


def _send(handset: Handset, body: bytes, expect: int, path: str = PUSH, **headers: str) -> Any:
    named = {"Content-Type": "application/json", **{k.replace("_", "-"): v for k, v in headers.items()}}
    return handset.request("POST", path, expect, content=body, headers=named).json()


def test_a_push_takes_two_hundred_mutations_and_names_the_limit_beyond(handset: Handset, crews: Field) -> None:
    muts = [handset.deed(*CLOCK_IN) for _ in range(MUTATIONS_PER_PUSH_MAX + 1)]
    refused = handset.push(*muts, expect=422)
    assert str(MUTATIONS_PER_PUSH_MAX) in str(refused["params"])
    assert crews.count(Punch) == 0
    assert handset.push(*muts[:-1])["acked"] == MUTATIONS_PER_PUSH_MAX
    assert crews.count(Punch) == MUTATIONS_PER_PUSH_MAX


def test_a_push_of_more_than_a_megabyte_is_refused_with_the_limit(handset: Handset) -> None:
    body = orjson.dumps(handset.push_body([])) + b" " * PUSH_BYTES_MAX
    assert _send(handset, body, 413)["params"] == {"limit_bytes": PUSH_BYTES_MAX}
    _send(handset, orjson.dumps(handset.push_body([])), 200)


def test_the_limits_are_told_before_anybody_signs_in(crews: Field) -> None:
    said = crews.client.get("/sync/v1/hello").json()
    assert said["limits"]["mutations_per_push"] == MUTATIONS_PER_PUSH_MAX
    assert said["limits"]["push_bytes"] == PUSH_BYTES_MAX
    assert said["server_ms"] == 1_788_220_800_000


def test_a_compressed_push_is_taken(handset: Handset) -> None:
    for encoding, squeeze in SQUEEZE.items():
        body = squeeze(orjson.dumps(handset.push_body([handset.deed(*CLOCK_IN)])))
        assert _send(handset, body, 200, Content_Encoding=encoding)["results"][0]["r"] == "applied"


def test_a_damaged_body_is_refused_and_nothing_of_it_taken(handset: Handset, crews: Field) -> None:
    plain = orjson.dumps(handset.push_body([handset.deed(*CLOCK_IN) for _ in range(20)]))
    for encoding, squeeze in SQUEEZE.items():
        body = squeeze(plain)
        middle = len(body) // 2
        garbled = body[:middle] + b"\xff\x00\xff" + body[middle + 3 :]
        for damaged in (body[:middle], b"", body[:5], garbled, b"\x00" + body):
            assert _send(handset, damaged, 400, Content_Encoding=encoding)["code"] == "request.not_json"
    assert crews.count(Punch) == 0


def test_a_bomb_is_refused_half_way(handset: Handset) -> None:
    for encoding, squeeze in SQUEEZE.items():
        bomb = squeeze(b'{"device":"' + b"a" * 200_000_000)
        assert len(bomb) < 250_000
        assert _send(handset, bomb, 413, Content_Encoding=encoding)["params"] == {"limit_bytes": PUSH_BYTES_MAX}


def test_what_is_no_json_is_refused(handset: Handset) -> None:
    for body in (b"", b"{", b"\xff\xfe", b'{"device": "\xc3"}', b"[" * 5_000):
        assert _send(handset, body, 400)["code"] == "request.not_json"
    for body in (b"[]", b"null", b'"x"', b"{}", b'{"muts": 7}', b'{"n": 1e999}', b"NaN"):
        assert _send(handset, body, 422)["code"] == "request.invalid"
        assert _send(handset, body, 422, PULL)["code"] == "request.invalid"
    _send(handset, b"{}", 415, Content_Type="text/plain")
    _send(handset, b"{}", 415, Content_Encoding="br")


def test_a_body_of_undeclared_length_is_bounded_too(handset: Handset) -> None:
    def endless() -> Any:
        for _ in range(30):
            yield b" " * 50_000

    headers = {"Content-Type": "application/json"}
    handset.request("POST", PUSH, 413, content=endless(), headers=headers)


def test_nobody_pushes_without_a_token_and_no_citizen_at_all(handset: Handset, crews: Field) -> None:
    body = orjson.dumps(handset.push_body([]))
    for bad in ("", "Bearer", "Bearer x", "Basic eDp5"):
        assert _send(handset, body, 401, Authorization=bad)["code"] == "auth.not_signed_in"
    assert crews.desk("citizen").post(PUSH, handset.push_body([]), expect=403).json()["code"] == "auth.not_allowed"
