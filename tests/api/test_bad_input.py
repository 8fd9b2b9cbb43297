"""Whatever is sent: a clear refusal that was published, nothing written, never a fault of ours.

Each test walks every door of the app, on SQLite and on PostgreSQL; of a long table of bad values a door meets a few in
turn, in `make test-full` all.
"""

import gzip
import json
import shutil
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, cast

import pytest
import zstandard
from fastapi.testclient import TestClient
from httpx2 import Response

from backend.app import build_house, create_app
from backend.kernel.clock import SetClock
from backend.kernel.settings import Settings
from backend.publish import FOLDER
from tests.api.broken import BROKEN
from tests.api.conftest import MORNING
from tests.api.doors import JSON, SOME_ID, Door, Town, fault_of, furnish, leaves, objects, problem_fault, put, written
from tests.conftest import STORES, InTurn
from tests.makers import found

OPEN = {
    ("sync_push", "muts"): "a mutation is kept as it came, its unknown parts named",
    ("sync_drain", "muts"): "as push",
    ("scan_online", "seal"): "as its code",
    ("scan_online", "code"): "whatever was scanned is a scan; what cannot be kept is marked",
    ("clock_in_online", "position"): "a clock-in is never refused; an impossible place is marked",
    ("clock_in_online", "qr"): "whatever was scanned was scanned; what is no label of the place is marked",
    ("import_fences", "features.properties"): "a map has properties of its own, which are left aside",
    ("import_fences", "features.geometry"): "a bad outline is named in the report, the others are kept",
}
WRITING = ("test_what_comes_twice_is_answered_twice", "test_a_push_keeps_what_it_does_not_know_and_names_it")


ON_POSTGRES = {
    "test_a_text_that_no_store_keeps_is_refused",
    "test_a_number_beyond_all_bounds_is_refused",
    "test_a_strange_value_of_a_parameter_harms_nothing",
    "test_a_foreign_id_is_answered_as_one_that_is_not_there",
    "test_what_comes_twice_is_answered_twice",
}
"""What reaches the store; the rest is refused at the door."""


@pytest.fixture(scope="module", params=STORES)
def town(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    folder = tmp_path_factory.mktemp("town")
    with ExitStack() as stack:
        if request.param == "sqlite":
            shutil.copyfile(request.getfixturevalue("migrated_sqlite"), folder / "store.sqlite")
            url = f"sqlite:///{folder / 'store.sqlite'}"
        else:
            server = request.getfixturevalue("postgres")
            url = stack.enter_context(server.fresh(request.getfixturevalue("migrated_postgres")))
        limits = dict.fromkeys(("sign_ins_per_minute", "public_asks_per_minute", "public_tries_per_hour"), 1_000_000)
        costs: dict[str, Any] = {"argon2_memory_kib": 64, "argon2_time_cost": 1, "sign_in_tries_max": 100}
        kept = Settings(data_dir=folder, database_url=url, testing=True, **limits, **costs)
        house = build_house(kept, SetClock(MORNING))
        stack.callback(house.db.close)
        app = create_app(kept, house=house)
        client = stack.enter_context(TestClient(app, raise_server_exceptions=False))
        yield furnish(house, client, found(house), published())


@pytest.fixture(autouse=True)
def nothing_is_written(town: Town, request: pytest.FixtureRequest) -> Iterator[None]:
    """No refused request leaves a row behind."""
    before = town.counts()
    yield
    if request.node.originalname not in WRITING:
        after = town.counts()
        changed = {name: (n, after[name]) for name, n in before.items() if after[name] != n}
        assert changed.keys() <= {"people_stranger_tries"}, changed  # a wrong password is counted


def published() -> dict[str, Any]:
    """The description of the app, without the seconds that it takes to make it anew; a wall holds the two together."""
    return cast(dict[str, Any], json.loads((FOLDER / "openapi.json").read_bytes()))


def taking_json(town: Town) -> list[Door]:
    return [door for door in town.doors if door.body is not None]


def walk(town: Town, bad: Callable[[Door], Iterator[tuple[str, Response]]]) -> list[str]:
    """Faults of every answer to what `bad` sends at every door that takes JSON."""
    return [
        f"{door} [{what}] {fault}"
        for door in taking_json(town)
        for what, answer in bad(door)
        if (fault := fault_of(door, answer))
    ]


def is_open(door: Door, at: tuple[str | int, ...]) -> bool:
    names = ".".join(part for part in at if isinstance(part, str))
    return any(door.name == name and f"{names}.".startswith(f"{start}.") for name, start in OPEN)


# -- bodies -------------------------------------------------------------------------------------------------------


WRONG = (None, True, 7, 7.5, "x", "7", "true", [], {}, [1], {"a": 1})


def test_a_value_of_a_wrong_type_is_refused(town: Town, in_turn: InTurn) -> None:
    def bad(door: Door) -> Iterator[tuple[str, Response]]:
        body = town.body(door)
        for at, _ in leaves(body):
            for value in () if is_open(door, at) else in_turn(WRONG, 5):
                spoilt = put(body, at, value)
                if not door.fits(spoilt):
                    yield f"{written(at)}={value!r}", town.send(door, spoilt)

    assert walk(town, bad) == []


def test_a_text_without_end_is_refused(town: Town) -> None:
    def bad(door: Door) -> Iterator[tuple[str, Response]]:
        body = town.body(door)
        for at, value in leaves(body):
            if isinstance(value, str) and not is_open(door, at):
                yield written(at), town.send(door, put(body, at, "长" * 50_001))

    assert walk(town, bad) == []


NO_TEXT = {
    "NUL": "\x00",
    "a NUL inside": "a\x00b",
    "a lone surrogate": "\ud800",
    "half a pair": "a\udfff",
    "escape": "\x1b[",
}


def test_a_text_that_no_store_keeps_is_refused(town: Town, in_turn: InTurn) -> None:
    """PostgreSQL keeps no NUL, UTF-8 no lone surrogate, and no terminal should obey a name."""

    def bad(door: Door) -> Iterator[tuple[str, Response]]:
        body = town.body(door)
        for at, value in leaves(body):
            for what in in_turn(NO_TEXT, 1) if isinstance(value, str) and not is_open(door, at) else ():
                yield f"{written(at)}: {what}", town.send(door, put(body, at, value + NO_TEXT[what]))

    assert walk(town, bad) == []


NAMES = {"unknown": "unknown", "none": "", "NUL": "a\x00b", "a lone surrogate": "\ud800", "long": "x" * 10_000}


def test_an_unknown_field_is_refused(town: Town, in_turn: InTurn) -> None:
    def bad(door: Door) -> Iterator[tuple[str, Response]]:
        body = town.body(door)
        for at in objects(body):
            for what in in_turn(NAMES, 2) if not is_open(door, at) else ():
                yield f"{written(at)}: {what}", town.send(door, put(body, (*at, NAMES[what]), 1))

    assert walk(town, bad) == []


NUMBERS: dict[str, float] = {"2**63": 2**63, "-2**63-1": -(2**63) - 1, "400 digits": 10**400}
NUMBERS |= {"Infinity": float("inf"), "-Infinity": -float("inf"), "NaN": float("nan")}


def test_a_number_beyond_all_bounds_is_refused(town: Town, in_turn: InTurn) -> None:
    def bad(door: Door) -> Iterator[tuple[str, Response]]:
        body = town.body(door)
        for at, value in leaves(body):
            counted = isinstance(value, int | float) and not isinstance(value, bool) and not is_open(door, at)
            for what in in_turn(NUMBERS, 3) if counted else ():
                yield f"{written(at)}={what}", town.send(door, put(body, at, NUMBERS[what]))

    assert walk(town, bad) == []


@pytest.mark.parametrize("what", BROKEN)
def test_a_broken_body_is_refused(town: Town, what: str) -> None:
    def bad(door: Door) -> Iterator[tuple[str, Response]]:
        yield what, town.ask(door, content=BROKEN[what], headers={"Content-Type": JSON})

    assert walk(town, bad) == []


@pytest.mark.parametrize(
    "media",
    ["text/plain", "application/xml", "multipart/form-data; boundary=x", "application/x-www-form-urlencoded", "x"],
)
def test_a_body_of_another_type_is_refused(town: Town, media: str) -> None:
    def bad(door: Door) -> Iterator[tuple[str, Response]]:
        yield media, town.ask(door, content=b'{"name": "x"}', headers={"Content-Type": media})

    assert walk(town, bad) == []


# -- sizes --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("declared", [True, False])
def test_a_body_beyond_the_limit_is_refused(town: Town, declared: bool) -> None:
    limit = town.house.settings.body_bytes_max
    padded = b'{"name": "' + b"x" * limit + b'"}'

    def chunked() -> Iterator[bytes]:
        for start in range(0, len(padded), 65_536):
            yield padded[start : start + 65_536]

    faults = []
    for door in town.doors:
        if door.path.startswith("/attachments/"):
            continue
        body: Any = padded if declared else chunked()
        answer = town.ask(door, content=body, headers={"Content-Type": JSON})
        if answer.status_code != 413 or (answer.content and problem_fault(answer)):
            faults.append(f"{door} {answer.status_code} {answer.text[:100]}")
        elif answer.json()["params"] != {"limit_bytes": limit}:
            faults.append(f"{door} does not tell the limit")
    assert faults == []


def test_a_packed_body_is_refused_where_none_is_spoken(town: Town) -> None:
    faults = []
    for door in town.doors:
        if door.path.startswith(("/sync/", "/attachments/")):
            continue
        for encoding in ("gzip", "zstd", "br", "deflate", "gzip, gzip", "\xe9"):
            sent = {"Content-Type": JSON, "Content-Encoding": encoding.encode("latin-1")}
            answer = town.ask(door, content=gzip.compress(b"{}"), headers=sent)
            if answer.status_code != 415 or problem_fault(answer):
                faults.append(f"{door} {encoding} {answer.status_code}")
    assert faults == []


def bombs() -> dict[str, tuple[str, bytes]]:
    million = bytes(1_000_000)
    packer = zstandard.ZstdCompressor(level=19).compressobj()
    zstd = b"".join(packer.compress(million) for _ in range(500)) + packer.flush()
    return {
        "gzip": ("gzip", gzip.compress(million * 200)),
        "gzip members": ("gzip", gzip.compress(million) * 400),
        "zstd": ("zstd", zstd),
        "zstd with a wide window": (
            "zstd",
            zstandard.ZstdCompressor(
                compression_params=zstandard.ZstdCompressionParameters.from_level(3, window_log=27)
            ).compress(million * 200),
        ),
    }


def test_a_bomb_is_refused_before_it_grows(town: Town) -> None:
    for what, (encoding, bomb) in bombs().items():
        for door in town.doors:
            if door.name not in ("sync_push", "sync_pull", "sync_drain"):
                continue
            tracemalloc.start()
            answer = town.ask(door, content=bomb, headers={"Content-Type": JSON, "Content-Encoding": encoding})
            _, peak = tracemalloc.get_traced_memory()
            tracemalloc.stop()
            assert fault_of(door, answer) is None, (what, door)
            assert answer.status_code in (400, 413), (what, door)
            assert peak < 20_000_000, (what, door)


DAMAGED = {
    "no gzip": ("gzip", b"not gzip"),
    "a cut gzip": ("gzip", gzip.compress(b"{}", mtime=0)[:-5]),
    "an empty gzip": ("gzip", b""),
    "no zstd": ("zstd", b"not zstd"),
    "a cut zstd": ("zstd", zstandard.compress(b"{}" * 100)[:-3]),
    "an empty zstd": ("zstd", b""),
    "brotli": ("br", b"x"),
    "packed twice": ("gzip, zstd", b"x"),
}


@pytest.mark.parametrize("what", DAMAGED)
def test_a_damaged_packing_is_refused(town: Town, what: str) -> None:
    encoding, body = DAMAGED[what]
    for path in ("/sync/v1/push", "/sync/v1/pull", "/sync/v1/drain"):
        door = next(door for door in town.doors if door.path == path)
        answer = town.ask(door, content=body, headers={"Content-Type": JSON, "Content-Encoding": encoding})
        assert fault_of(door, answer) is None
        assert answer.status_code in (400, 415, 422)


# -- addresses and headers ----------------------------------------------------------------------------------------


def test_an_unknown_parameter_is_refused(town: Town, in_turn: InTurn) -> None:
    faults = []
    for door in town.doors:
        for name in in_turn(("unknown", "a%00b", "%ff", "limit[]", "x" * 2_000), 2):
            answer = town.ask(door, f"{town.url(door)}?{name}=1")
            fault = fault_of(door, answer)
            if fault:
                faults.append(f"{door} ?{name[:20]} {fault}")
    assert faults == []


STRANGE = [
    "%00",
    "a%00b",
    "%ff",
    "%ed%a0%80",
    "x" * 5_000,
    "%E9%BB%84",
    "2e400",
    "-1",
    "NaN",
    "' OR 1=1 --",
    "../..",
    "",
]


def test_a_strange_value_of_a_parameter_harms_nothing(town: Town, in_turn: InTurn) -> None:
    """What a list takes as a text it looks for; anything else is refused."""
    faults = []
    for door in town.doors:
        for parameter in door.parameters("query"):
            for value in in_turn(STRANGE, 4):
                answer = town.ask(door, f"{town.url(door)}?{parameter['name']}={value}")
                fault = fault_of(door, answer, refused=False)
                if fault:
                    faults.append(f"{door} ?{parameter['name']}={value[:20]} {fault}")
    assert faults == []


PATHS = [
    "x",
    "%00",
    "%ff",
    "%2e%2e%2f",
    "x" * 5_000,
    "%E9%BB%84",
    "0199B3A0-0000-7000-8000-0000000000AA",
    f"{SOME_ID}%00",
]
PATHS += ["1", "-1", "null", "0199b3a0000070008000000000000001", "{" + SOME_ID + "}", "'%20OR%201=1", f"{SOME_ID}%0A"]


def test_an_address_that_names_no_id_is_refused(town: Town, in_turn: InTurn) -> None:
    faults = []
    for door in town.doors:
        for parameter in door.parameters("path"):
            for value in in_turn(PATHS, 5):
                url = town.url(door, **{parameter["name"]: value})
                answer = town.ask(door, url, **({"json": town.body(door)} if door.body is not None else {}))
                fault = fault_of(door, answer)
                if answer.url.path == "/":  # a dot-dot at the root leads to the front page, which is no door
                    continue
                if fault and answer.status_code not in (404, 405):  # the router's own
                    faults.append(f"{door} {parameter['name']}={value[:20]} {fault}")
                elif door.method != "HEAD" and problem_fault(answer):
                    faults.append(f"{door} {parameter['name']}={value[:20]} {problem_fault(answer)}")
    assert faults == []


HEADERS: dict[str, dict[str, Any]] = {
    "a header of 60 KB": {"X-Strange": "x" * 60_000},
    "a thousand headers": {f"X-H{i}": "1" for i in range(1_000)},
    "no ASCII": {"X-Strange": "黄石".encode()},
    "a request id with a line break": {"X-Request-Id": b"abc\tdef ghijkl"},
    "a request id of 60 KB": {"X-Request-Id": "x" * 60_000},
    "a request id in no ASCII": {"X-Request-Id": "黄石东路黄石东路".encode()},
    "many languages": {"Accept-Language": "xx;q=0.1," * 5_000},
    "a strange language": {"Accept-Language": b"\xff;q=\xff"},
    "a strange host": {"Host": "黄石.example".encode()},
    "a strange media type": {"Accept": b"\xff/\xff"},
    "cookies": {"Cookie": "a=b; " * 2_000},
}


@pytest.mark.parametrize("what", HEADERS)
def test_strange_headers_harm_nothing(town: Town, what: str) -> None:
    """Sent with what is refused anyway, so that a thousand doors change nothing."""
    faults = []
    for door in town.doors:
        answer = town.ask(door, f"{town.url(door)}?unknown=1", headers=HEADERS[what])
        if fault := fault_of(door, answer):
            faults.append(f"{door} {fault}")
    assert faults == []


# -- who asks -----------------------------------------------------------------------------------------------------


def test_a_token_that_is_not_ours_opens_nothing(town: Town, in_turn: InTurn) -> None:
    from tests.api.forgery import forged

    good = town.people["admin"].headers["Authorization"].removeprefix("Bearer ")
    faults = []
    forgeries = forged(good, town.client.get("/.well-known/jwks.json").json()["keys"][0])
    for door in (door for door in town.doors if door.guarded):
        for what, token in in_turn(forgeries.items(), 5):
            answer = town.ask(door, headers={"Authorization": token})
            fault = fault_of(door, answer)
            if fault or answer.status_code != 401 or "www-authenticate" not in answer.headers:
                faults.append(f"{door} [{what}] {fault or answer.status_code}")
    assert faults == []


def test_a_foreign_id_is_answered_as_one_that_is_not_there(town: Town) -> None:
    """Another district's desk must not learn from 403 that a row exists."""
    faults = []
    for door in town.doors:
        if not door.parameters("path") or not door.guarded or door.path.startswith("/attachments/"):
            continue
        sent = {"json": town.body(door)} if door.body is not None else {}
        nowhere = {parameter["name"]: SOME_ID for parameter in door.parameters("path")}
        for asker in (town.people["far_dispatcher"], town.people["stranger"]):
            real, none = (
                asker.request(door.method, url, **sent) for url in (town.url(door), town.url(door, **nowhere))
            )
            if "/areas/" in door.path and real.status_code == 403:
                continue  # areas are known to everybody of the district
            if (real.status_code, _said(real)) != (none.status_code, _said(none)) or real.status_code < 400:
                faults.append(f"{door} {asker.hand.name}: {real.status_code} {_said(real)}, {none.status_code}")
    assert faults == []


def _said(answer: Response) -> Any:
    said = answer.json()
    return {key: value for key, value in said.items() if key != "instance"}


def test_paths_of_the_store_are_no_secret_that_leaks(town: Town, tmp_path: Path) -> None:
    """No refusal repeats what was sent or tells where the house stands."""
    door = next(door for door in town.doors if door.name == "sign_in")
    answer = town.send(door, {"phone": 5, "password": ["hunter2"]})
    assert "hunter2" not in answer.text
    assert str(town.house.settings.data_dir) not in answer.text


# -- again, and in another order ----------------------------------------------------------------------------------


def test_a_push_keeps_what_it_does_not_know_and_names_it(town: Town) -> None:
    """Unknown fields are refused everywhere but here, and no text jams a queue: PostgreSQL keeps no NUL."""
    phone = town.handset
    for strange in ("unknown", "a\x00b", "\ud800".encode("utf-8", "surrogatepass").decode("utf-8", "replace")):
        deed = phone.deed("attendance.clock_in", "punches", longitude=113.27, latitude=23.18, **{strange: "a\x00b"})
        [outcome] = phone.push({**deed, "more\x00": {"x": "\x00"}})["results"]
        assert outcome["r"] in ("applied", "rejected", "conflict"), outcome
        if outcome["r"] == "applied":
            assert {"more\x00", f"params.{strange}"} & set(outcome["ignored"])
    phone.pull()


def test_a_push_in_another_order_is_refused_with_the_number_that_is_due(town: Town) -> None:
    phone = town.handset
    due = phone.push()["acked"] + 1
    first, second = ({**phone.deed("attendance.clock_in", "punches"), "n": due + i} for i in (1, 2))
    phone.n = due - 1
    for muts in ([first], [second], [first, second]):
        said = phone.push(*muts, expect=409)
        assert (said["code"], said["params"]["expected"]) == ("sync.gap", due)
    for muts in ([second, first], [first, first]):
        assert phone.push(*muts, expect=409)["code"] == "sync.gap"


def test_what_comes_twice_is_answered_twice(town: Town) -> None:
    """The example of every door, three times over: never a fault, and what is refused is refused as published."""
    last = ("sign_out", "sign_out_everywhere", "rotate_keys", "publish_notice", "leave", "change_password")
    faults = []
    for door in (door for door in town.doors if not door.streams):
        sent = {"json": town.body(door)} if door.body is not None else {}
        answers = [town.ask(door, **sent) for _ in range(3 if door.name not in last else 0)]
        faults += [f"{door} {fault}" for answer in answers if (fault := fault_of(door, answer, refused=False))]
    assert faults == []
