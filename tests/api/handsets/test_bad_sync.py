"""Hostile and broken bodies at the doors of sync: a clear refusal or a conflict, nothing lost, nobody else disturbed,
and never a fault of ours."""

import json
import time
from collections.abc import Callable
from typing import Any

import orjson
import pytest

from backend.kernel.ids import new_id
from mobile_contract.integrity import content_digest
from sync.protocol import N_MAX
from tests.makers import Handset

ON_POSTGRES = {
    "test_a_broken_mutation_is_kept_and_the_one_beside_it_taken",
    "test_a_number_that_names_nothing_refuses_the_push_and_harms_nothing",
    "test_a_clock_of_1970_or_2100_is_clamped_and_marked",
    "test_anothers_cookie_brings_a_fill_of_ones_own_and_nothing_of_theirs",
    "test_anothers_row_is_not_touched_and_the_work_is_kept",
}
"""What asks the store something of its own; the rest runs there in `make test-full`."""

PUSH, PULL = "/sync/v1/push", "/sync/v1/pull"
SOON_S = 10.0


def send(handset: Handset, path: str, body: bytes, **headers: str) -> tuple[int, Any]:
    """A body as it is."""
    given = {"Content-Type": "application/json", **{k.replace("_", "-"): v for k, v in headers.items()}}
    answer = handset.request("POST", path, content=body, headers=given)
    assert answer.status_code < 500, answer.text
    return answer.status_code, answer.json() if path == PUSH or answer.status_code >= 400 else answer.content


def push_text(handset: Handset, *mutations: str) -> tuple[int, Any]:
    """A push in which mutations are JSON of somebody's own making."""
    envelope = json.dumps(handset.push_body([]))
    return send(handset, PUSH, envelope.replace('"muts": []', f'"muts": [{",".join(mutations)}]').encode())


def works_on(handset: Handset) -> None:
    """The queue is not jammed: the next clock-in is taken."""
    assert handset.push(handset.deed("attendance.clock_in", "punches"))["results"][-1]["r"] == "applied"


# -- whole bodies that are none -----------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-32", "latin-1"])
def test_json_that_is_no_utf_8_is_refused(handset: Handset, encoding: str) -> None:
    said = json.dumps(handset.push_body([handset.deed("attendance.clock_in", "punches", note="到岗 é")]))
    body = said.encode("utf-8").decode("latin-1").encode("utf-16") if encoding == "latin-1" else said.encode(encoding)
    status, told = send(handset, PUSH, body)
    assert (status, told["code"]) == (400, "request.not_json")
    handset.n = 0
    works_on(handset)


@pytest.mark.parametrize("path", [PUSH, PULL])
@pytest.mark.parametrize(
    "body", [b"", b"[]", b"null", b"5", b'"x"', b"{", b"[" * 60_000, b'{"a":' * 60_000, b"\xef\xbb\xbf{}"]
)
def test_a_body_that_is_no_message_is_refused(handset: Handset, path: str, body: bytes) -> None:
    status, told = send(handset, path, body)
    assert status in (400, 422)
    assert told["code"] in ("request.not_json", "request.invalid")


def test_many_unknown_fields_are_refused_in_time(handset: Handset) -> None:
    began = time.monotonic()
    strange = {f"x{i}": i for i in range(20_000)}
    status, told = send(handset, PUSH, orjson.dumps(handset.push_body([]) | strange))
    assert (status, told["code"]) == (422, "request.invalid")
    assert len(told["params"]["where"]) < 2_000
    status, told = send(handset, PULL, orjson.dumps(handset.pull_body() | strange))
    assert (status, told["code"]) == (422, "request.invalid")
    deed = handset.deed("attendance.clock_in", "punches") | strange
    assert handset.push(deed)["results"][0]["why"]["code"] == "sync.mutation_too_large"
    some = {f"x{i}": i for i in range(2_000)}
    within = handset.deed("attendance.clock_in", "punches", **some) | some
    assert len(handset.push(within)["results"][0]["ignored"]) == 4_000
    assert time.monotonic() - began < SOON_S


# -- mutations that are none, beside one that is well ----------------------------------------------------------------


def mutation(n: str, **said: str) -> str:
    """A clock-in in JSON of somebody's own making."""
    parts = {"n": n, "at": '{"wall_ms": 1}', "cmd": '"attendance.clock_in"', "params": "{}"}
    parts["row"] = json.dumps({"t": "punches", "id": new_id()})
    return "{" + ",".join(f'"{key}":{value}' for key, value in (parts | said).items()) + "}"


BROKEN = {
    "not a number": {"params": '{"note": NaN}'},
    "infinity": {"params": '{"position": {"longitude": Infinity, "latitude": -Infinity}}'},
    "beyond a double": {"params": '{"position": {"longitude": 1e999, "latitude": 2}}'},
    "half a character": {"params": r'{"note": "\ud83d"}'},
    "half a character in a name": {"params": r'{"\udead": 1}'},
    "a zero byte": {"params": r'{"note": "a\u0000b"}'},
    "a zero byte in a name": {r"\u0000": "1", "cmd": '"nobody.knows"'},
    "a zero byte in a command": {"cmd": r'"attendance\u0000"'},
    "a zero byte in a kind": {"row": json.dumps({"t": "punches\0", "id": new_id()})},
    "a whole number beyond 64 bits": {
        "params": '{"position": 123456789012345678901234567890}',
        "x": "18446744073709551616",
    },
    "a clock beyond all": {"at": '{"wall_ms": 99999999999999999999}'},
    "a clock that is text": {"at": '{"wall_ms": "1"}'},
    "a row of another kind": {"row": json.dumps({"t": "people", "id": new_id()})},
    "a row without an id": {"row": '{"t": "punches"}'},
    "an id that is none": {"row": '{"t": "punches", "id": "../../etc/passwd"}'},
    "no command": {"cmd": "null"},
    "an unknown command": {"cmd": '"workorders.explode"'},
    "an edit of an unknown kind": {
        "cmd": '"edit"',
        "ops": json.dumps([{"t": "moons", "id": new_id(), "set": {"a": 1}}]),
    },
    "an edit of a kind that phones do not edit": {
        "cmd": '"edit"',
        "ops": json.dumps([{"t": "people", "id": new_id(), "set": {"name": "x"}}]),
    },
    "an edit of nothing": {"cmd": '"edit"', "ops": "[]"},
    "a deep one": {"params": '{"note": ' + "[" * 400 + "]" * 400 + "}"},
    "a very deep one": {"params": '{"note": ' + '{"a":' * 900 + "1" + "}" * 900 + "}"},
    "one deeper than parsers go": {"params": '{"note": ' + "[" * 5_000 + r'"\"]"' + "]" * 5_000 + "}"},
    "a number longer than parsers read": {"params": '{"note": ' + "9" * 5_000 + "}"},
    "params that are a list": {"params": "[1]"},
    "a cookie of megabytes": {"held_cookie": json.dumps("x" * 50_000)},
    "a base of the future": {"row": json.dumps({"t": "punches", "id": new_id(), "base": {"step": N_MAX + 1}})},
    "needs that are no ids": {"needs": '["x"]'},
    "a void without words": {"cmd": '"void"', "params": r'{"reason": {"a": "\u0000"}}'},
}


@pytest.mark.parametrize("what", BROKEN)
def test_a_broken_mutation_is_kept_and_the_one_beside_it_taken(handset: Handset, what: str) -> None:
    status, told = push_text(handset, mutation("1", **BROKEN[what]), mutation("2"))
    assert status == 200, told
    first, second = told["results"]
    assert (first["r"], second["r"], told["acked"]) == ("rejected", "applied", 2)
    kept = [frame for frame in handset.pull() if frame.get("t") == "conflicts"]
    assert [frame["id"] for frame in kept] == [first["conflict"]]
    again = push_text(handset, mutation("1", **BROKEN[what]))[1]
    assert again.get("code") == "sync.sequence_reused" or again["results"][0] == first


@pytest.mark.parametrize(
    "n", ["0", "-1", "1.0", "true", "null", '"1"', str(N_MAX + 1), "18446744073709551616", "1e400", "[1]"]
)
def test_a_number_that_names_nothing_refuses_the_push_and_harms_nothing(handset: Handset, n: str) -> None:
    status, told = push_text(handset, mutation(n))
    assert status == 422
    assert told["code"] == "sync.number_invalid"
    works_on(handset)


def test_of_a_key_that_comes_twice_the_last_counts(handset: Handset) -> None:
    _, told = push_text(handset, mutation("7")[:-1] + ',"n":1}')
    assert (told["acked"], told["results"][0]["r"]) == (1, "applied")


@pytest.mark.parametrize("wall_ms", [0, -62_135_596_800_000, 4_102_444_800_000, 2**53 - 1, -(2**53) + 1])
def test_a_clock_of_1970_or_2100_is_clamped_and_marked(handset: Handset, wall_ms: int) -> None:
    deed = handset.deed("attendance.clock_in", "punches") | {"at": {"wall_ms": wall_ms}}
    assert handset.push(deed)["results"][0]["r"] == "applied"
    row = next(frame["d"] for frame in handset.pull() if frame.get("id") == deed["row"]["id"])
    assert row["quality"] == "poor"
    body = handset.push_body([handset.deed("attendance.clock_in", "punches")])
    body["clock"] = {"wall_ms": wall_ms}
    assert handset.post(PUSH, body, 200).json()["results"][0]["r"] == "applied"


# -- forged names -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("forge", "code"),
    [
        (lambda own, other: {"device": other.device_id}, "sync.wrong_device"),
        (lambda own, other: {"user": other.id}, "sync.wrong_user"),
        (lambda own, other: {"device": new_id()}, "sync.wrong_device"),
        (lambda own, other: {"epoch": own.epoch + 1}, "sync.unknown_epoch"),
        (lambda own, other: {"epoch": N_MAX}, "sync.unknown_epoch"),
        (lambda own, other: {"epoch": 0}, "request.invalid"),
        (lambda own, other: {"epoch": 2**64}, "request.invalid"),
        (lambda own, other: {"schema": -1}, "request.invalid"),
        (lambda own, other: {"through_ms": 2**70}, "request.invalid"),
        (lambda own, other: {"clock": None}, "request.invalid"),
    ],
)
def test_a_forged_envelope_is_refused_and_disturbs_nobody(
    enrolled: Callable[[str], Handset], forge: Callable[[Handset, Handset], dict[str, Any]], code: str
) -> None:
    own, other = enrolled("crew"), enrolled("mate")
    answer = own.push(own.deed("attendance.clock_in", "punches"), expect=None, **forge(own, other))
    assert answer["code"] == code
    own.n = 0
    works_on(own)
    works_on(other)


def test_anothers_cookie_brings_a_fill_of_ones_own_and_nothing_of_theirs(enrolled: Callable[[str], Handset]) -> None:
    own, other = enrolled("crew"), enrolled("gardener")
    theirs = {frame["id"] for frame in other.pull() if frame["f"] == "row"}
    own.cookie = other.cookie
    frames = own.pull()
    assert frames[0]["reconcile"] == "cookie"
    mine = {frame["id"] for frame in frames if frame["f"] == "row"}
    own.cookie = None
    assert mine == {frame["id"] for frame in own.pull() if frame["f"] == "row"}
    assert theirs - mine


def test_anothers_row_is_not_touched_and_the_work_is_kept(enrolled: Callable[[str], Handset], admin: Any) -> None:
    own, other = enrolled("crew"), enrolled("gardener")
    deed = other.deed("attendance.clock_in", "punches")
    other.push(deed)
    person = {"n": 1, "at": own.at(), "cmd": "workorders.start", "row": {"t": "workorders", "id": deed["row"]["id"]}}
    same = {"n": 2, "at": own.at(), "cmd": "attendance.clock_in", "row": deed["row"], "params": {"note": "mine"}}
    results = own.push(person, same)["results"]
    assert [result["why"]["code"] for result in results] == ["sync.unknown_row", "sync.row_exists"]
    assert all(result["conflict"] for result in results)


# -- bodies that were changed on their way ---------------------------------------------------------------------------


def test_a_body_that_was_changed_on_its_way_is_refused_and_nothing_of_it_read(handset: Handset) -> None:
    body = orjson.dumps(handset.push_body([handset.deed("attendance.clock_in", "punches", note="到岗")]))
    digest = content_digest(body)
    changed = body.replace("到岗".encode(), "下岗".encode())
    status, told = send(handset, PUSH, changed, Content_Digest=digest)
    assert (status, told["code"]) == (400, "request.damaged")
    status, told = send(handset, PUSH, body, Content_Digest=digest)
    assert (status, told["results"][0]["r"]) == (200, "applied")


def test_a_digest_of_another_algorithm_tells_nothing_and_one_that_is_none_is_damage(handset: Handset) -> None:
    body = orjson.dumps(handset.pull_body())
    assert send(handset, PULL, body, Content_Digest="sha-512=:AAAA:")[0] == 200
    assert send(handset, PULL, body, Content_Digest="sha-512=:AAAA:, " + content_digest(body))[0] == 200
    assert send(handset, PULL, body, Content_Digest="sha-256=:A:")[0] == 400


def test_every_answer_names_its_digest(handset: Handset) -> None:
    deed = handset.deed("attendance.clock_in", "punches")
    answers = [
        handset.post(PUSH, handset.push_body([deed])),
        handset.post(PULL, handset.pull_body()),
        handset.post(PULL, handset.pull_body(page="forged")),
        handset.get("/sync/v1/hello"),
    ]
    for answer in answers:
        assert answer.headers["content-digest"] == content_digest(answer.content)
