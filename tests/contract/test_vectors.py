"""The published examples hold: our server and our handset come out as they say, and broken ones are caught."""

import json
import sys
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]  # comes without types
import pytest
from fastapi.testclient import TestClient

from backend.app import build_house, create_app
from backend.kernel.clock import SetClock
from backend.kernel.settings import Settings
from backend.publish import FOLDER
from mobile_contract.texts.sync import TEXTS
from mobile_contract.vectors.__main__ import main, published, sender
from mobile_contract.vectors.client import VECTORS, Client, held
from mobile_contract.vectors.patterns import Differs, compare, filled
from mobile_contract.vectors.reference import ANSWERS
from mobile_contract.vectors.server import Guest, Send, Verdict, played
from sync.kinds import Policy
from sync.protocol import Result
from tests.api.conftest import MORNING
from tests.faults.server import RealServer
from tests.makers import GRID as AREA
from tests.makers import PASSWORD, found, signed

REFERENCE = [sys.executable, "-m", "mobile_contract.vectors.reference"]


@pytest.fixture
def arrive(tmp_path: Path, store_url: str) -> Iterator[Callable[..., Guest]]:
    """Enrols somebody of the crew; what is sent may pass through another's hands first."""
    costs: dict[str, Any] = {"argon2_memory_kib": 64, "argon2_time_cost": 1}
    settings = Settings(data_dir=tmp_path, database_url=store_url, testing=True, **costs)
    house = build_house(settings, SetClock(MORNING))
    with TestClient(create_app(settings, house=house), raise_server_exceptions=False) as client:
        district = found(house, consent=False)
        admin = signed(client, district["admin"])
        admin.post("/people/v1/me/consent", {"version": 1}, 200)
        order = {"title": "清扫", "scene": "sanitation", "area_path": AREA, "team_id": district.teams["sweepers"]}
        admin.post("/workorders/v1/orders", {"orders": [order]}, 201)

        def made(through: Callable[[Send], Send] = lambda send: send, name: str = "crew") -> Guest:
            invite = admin.post("/handsets/v1/invites", {"person_id": district[name].id}, 201).json()
            return Guest.arrive(through(sender(client)), invite["payload"], district[name].phone, PASSWORD)

        yield made
    house.db.close()


def bad(verdicts: Iterator[Verdict]) -> dict[str, str | None]:
    return {verdict.about: verdict.fault for verdict in verdicts if verdict.fault is not None}


# -- servers ----------------------------------------------------------------------------------------------------------


def test_our_server_answers_as_the_examples_say(arrive: Callable[..., Guest]) -> None:
    verdicts = list(played(arrive(), published("talks")))
    assert bad(iter(verdicts)) == {}
    assert [verdict.skipped for verdict in verdicts if verdict.skipped] == []


def test_every_message_of_a_talk_is_as_its_schema_says(arrive: Callable[..., Guest]) -> None:
    """Requests that are taken, answers, frames and refusals, as they really travelled."""
    faults: list[str] = []
    seen: set[str] = set()

    def checking(send: Send) -> Send:
        def sent(method: str, path: str, said: Any, headers: dict[str, str]) -> tuple[int, bytes]:
            status, body = send(method, path, said, headers)
            for room, name, message in messages(path, said, status, body):
                seen.add(name)
                faults.extend(f"{room}.{name}: {fault}" for fault in against(room, name, message))
            return status, body

        return sent

    list(played(arrive(checking), published("talks")))
    assert faults == []
    assert seen >= {
        "Push",
        "PushAnswer",
        "Pull",
        "Begin",
        "Scopes",
        "Row",
        "Ack",
        "End",
        "Problem",
        "Hello",
        "Mutation",
    }


def messages(path: str, said: Any, status: int, body: bytes) -> Iterator[tuple[str, str, Any]]:
    """(room, shape, message) of each message in an exchange."""
    if status >= 400:
        yield "problems", "Problem", json.loads(body)
    elif path.endswith("/push"):
        yield "sync", "Push", said
        answer = json.loads(body)
        yield "sync", "PushAnswer", answer
        good = {result["n"] for result in answer["results"] if result["r"] != "rejected"}
        yield from (("sync", "Mutation", mutation) for mutation in said["muts"] if mutation["n"] in good)
    elif path.endswith("/pull"):
        yield "sync", "Pull", said
        for line in body.splitlines():
            frame = json.loads(line)
            yield "frames", frame["f"].capitalize(), frame
    elif path.endswith("/hello"):
        yield "handsets", "Hello", json.loads(body)


@cache
def validator(room: str, name: str) -> Any:
    root = json.loads((FOLDER / "schema" / f"{room}.json").read_text("utf-8"))
    return jsonschema.Draft202012Validator({**root["$defs"][name], "$defs": root["$defs"]})


def against(room: str, name: str, message: Any) -> list[str]:
    return [f"{fault.json_path} {fault.message[:200]}" for fault in validator(room, name).iter_errors(message)]


def test_what_cannot_be_played_is_told_and_not_failed(arrive: Callable[..., Guest]) -> None:
    verdicts = list(played(arrive(name="stranger"), published("talks")))
    assert {verdict.skipped for verdict in verdicts} == {None, "this person has no workorders"}
    assert bad(iter(verdicts)) == {}


def forgets_what_it_answered(send: Send) -> Send:
    """A server that does a push again when it comes again."""

    def sent(method: str, path: str, said: Any, headers: dict[str, str]) -> tuple[int, bytes]:
        status, body = send(method, path, said, headers)
        return status, body.replace(b'"r":"applied"', b'"r":"merged"') if path.endswith("push") else body

    return sent


def drops_refusals(send: Send) -> Send:
    """A server that leaves out of the answer what it did not take."""

    def sent(method: str, path: str, said: Any, headers: dict[str, str]) -> tuple[int, bytes]:
        status, body = send(method, path, said, headers)
        if path.endswith("push") and status == 200:
            answer = json.loads(body)
            answer["results"] = [result for result in answer["results"] if result["r"] != "rejected"]
            body = json.dumps(answer).encode()
        return status, body

    return sent


def forgives_gaps(send: Send) -> Send:
    def sent(method: str, path: str, said: Any, headers: dict[str, str]) -> tuple[int, bytes]:
        status, body = send(method, path, said, headers)
        return (200, b'{"acked":2,"results":[],"server_ms":0}') if b"sync.gap" in body else (status, body)

    return sent


def takes_any_cookie(send: Send) -> Send:
    def sent(method: str, path: str, said: Any, headers: dict[str, str]) -> tuple[int, bytes]:
        status, body = send(method, path, said, headers)
        return status, body.replace(b',"reconcile":"cookie"', b"")

    return sent


@pytest.mark.parametrize(
    ("broken", "caught"),
    [
        (forgets_what_it_answered, "the same push again is answered alike"),
        (drops_refusals, "an unknown command is kept whole, and the next is taken"),
        (forgives_gaps, "a gap is told before anything is done"),
        (takes_any_cookie, "a cookie that is not the server's brings a reconcile"),
    ],
)
@pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)
def test_a_broken_server_is_caught(arrive: Callable[..., Guest], broken: Callable[[Send], Send], caught: str) -> None:
    assert caught in bad(played(arrive(broken), published("talks")))


def test_a_real_server_is_held_from_the_command_line(
    tmp_path: Path, migrated_sqlite: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "store.sqlite").write_bytes(migrated_sqlite.read_bytes())
    server = RealServer(f"sqlite:///{tmp_path / 'store.sqlite'}", tmp_path)
    try:
        district = server.found()
        server.start()
        desk, token = server.admin(district)
        server.at_end.append(desk.close)
        person = district["crew"]
        invite = desk.ask("POST", "/handsets/v1/invites", {"person_id": person.id}, token=token)["payload"]
        words = ["--url", server.url, "--invite", invite, "--phone", person.phone, "--password", PASSWORD]
        assert main(words) == 0, capsys.readouterr().out
        assert "0 otherwise" in capsys.readouterr().out
        assert main(words) == 2, "an invitation is good once"
    finally:
        server.end()


def test_a_server_that_will_not_have_us_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--url", "http://127.0.0.1:9", "--invite", "X", "--phone", "1", "--password", "2"]) == 2
    assert "127.0.0.1:9" in capsys.readouterr().err


# -- clients ----------------------------------------------------------------------------------------------------------


def test_our_handset_does_as_the_examples_say(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--client", " ".join(REFERENCE)]) == 0, capsys.readouterr().out


def test_every_policy_and_every_kind_of_example_is_there() -> None:
    assert {case["policy"] for case in published("merges")} == {policy.value for policy in Policy}
    assert set(ANSWERS) == set(VECTORS)
    for name in VECTORS:
        assert published(name)


BEYOND = {
    "sync.out_of_scope",  # a row that was in sight and is not: needs a desk that moves somebody
    "sync.state_moved",  # needs another who was there before
    "sync.needs_unmet",  # comes after 72 hours
    "sync.pokes_full",  # comes with the ten-thousandth stream
    "sync.pack_gone",  # needs a pack, and a server that sweeps
    "sync.pack_refused",  # a phone's own word
}
"""Codes of sync that no one phone can be told within a talk."""


def test_every_result_every_refusal_and_every_door_of_sync_is_in_an_example() -> None:
    said = json.dumps([published("talks"), published("runs")]).replace("\\", "").replace('": "', '":"')
    talked = json.dumps(published("talks")).replace('": "', '":"')
    assert {result for result in Result if f'"r":"{result}"' not in talked} == set()
    assert {code for code in TEXTS if f'"code":"{code}"' not in said} == BEYOND
    doors = {"hello", "push", "pull", "drain", "repair", "snapshots", "packs/"}
    assert {door for door in doors if f'"path":"/sync/v1/{door}' not in talked} == set()


BROKEN = """
import sys
from mobile_contract.vectors import reference
before = dict(reference.ANSWERS)
def wrong(case):
    said = before[sys.argv[1]](case)
    {how}
    return said
reference.ANSWERS[sys.argv[1]] = wrong
reference.main()
"""


@pytest.mark.parametrize(
    ("vector", "how"),
    [
        ("merges", "said.pop('lost', None)"),
        ("merges", "said['value'] = case['mine']['value']"),
        ("hashes", "said['content'] = said['sha256']"),
        ("digests", "said['digest'] = said['digest'][::-1]"),
        ("times", "said['ms'] += 1"),
        ("folds", "said['rows'] = said['rows'][:1]"),
        ("folds", "said['drifted'] = []"),
        ("repairs", "said['missing'] = []"),
        ("runs", "said['requests'] = said['requests'][:-1]"),
        ("runs", "said['queue'] = ['applied'] * len(said['queue'])"),
    ],
)
def test_a_broken_client_is_caught(vector: str, how: str) -> None:
    with Client([sys.executable, "-c", BROKEN.format(how=how), vector]) as client:
        assert bad(held(client, {vector: published(vector)}))


def test_a_client_may_have_nothing_to_say_of_what_is_not_its_business() -> None:
    with Client([sys.executable, "-c", "import sys\nfor line in sys.stdin: print('null', flush=True)"]) as client:
        verdicts = list(held(client, {"times": published("times")}))
    assert bad(iter(verdicts)) == {}
    assert all(verdict.skipped for verdict in verdicts)


def test_a_client_that_dies_is_caught() -> None:
    with Client([sys.executable, "-c", ""]) as client:
        assert len(bad(held(client, {"digests": published("digests")}))) == len(published("digests"))


# -- patterns ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pattern", "said"),
    [
        ({"a": 1}, {"a": 2}),
        ({"a": 1}, {}),
        ({"a": 1}, [1]),
        ([1], [1, 2]),
        ([1, 2], [1]),
        (["…", 3], [1, 2]),
        (["<x>", "<x>"], [1, 2]),
        (1, True),
        ({"a": "<any>"}, {}),
    ],
)
def test_what_is_not_as_its_pattern_is_told(pattern: Any, said: Any) -> None:
    with pytest.raises(Differs):
        compare(pattern, said, {})


def test_names_are_learnt_and_filled_in() -> None:
    known: dict[str, Any] = {}
    compare({"a": "<x>", "b": ["…", {"c": "<y>"}]}, {"a": 5, "b": [1, {"c": "t"}], "more": 1}, known)
    assert known == {"x": 5, "y": "t"}
    assert filled({"n": "<x>", "s": "is <x> and <y>"}, known) == {"n": 5, "s": "is 5 and t"}
