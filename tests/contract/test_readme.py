"""mobile_contract/README.md is true: its requests are sent in its order, its answers compared."""

import hashlib
import io
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from PIL import Image

from backend.app import build_house, create_app
from backend.kernel.clock import SetClock
from backend.kernel.http import House
from backend.kernel.settings import Settings
from tests.api.conftest import MORNING
from tests.makers import GRID, PASSWORD, District, found, signed

README = Path(__file__).parents[2] / "mobile_contract" / "README.md"
BLOCKS = re.compile(r"^```(http|json|ndjson|headers|python)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
ANY = "<any>"


@pytest.fixture
def house(tmp_path: Path, migrated_sqlite: Path) -> Iterator[House]:
    (tmp_path / "store.sqlite").write_bytes(migrated_sqlite.read_bytes())
    costs: dict[str, Any] = {"argon2_memory_kib": 64, "argon2_time_cost": 1}
    url = f"sqlite:///{tmp_path / 'store.sqlite'}"
    made = build_house(Settings(data_dir=tmp_path, database_url=url, testing=True, **costs), SetClock(MORNING))
    yield made
    made.db.close()


@dataclass
class Reader:
    """Somebody who does what the README says."""

    client: TestClient
    photo: bytes
    known: dict[str, Any]
    answers: list[Response] = field(default_factory=list)

    def filled(self, text: str) -> str:
        """The text with what is known in the place of `<name>`."""
        return re.sub(r"<(\w+)>", lambda found: str(self.known.get(found[1], found[0])), text)

    def send(self, block: str) -> Response:
        head, _, body = self.filled(block).partition("\n\n")
        first, *lines = head.splitlines()
        method, _, path = first.partition(" ")
        headers = dict(line.split(": ", 1) for line in lines)
        content = self.photo if body.strip() == "@photo" else body.encode()
        if body and "Content-Type" not in headers:
            json.loads(body)
            headers["Content-Type"] = "application/json"
        answer = self.client.request(method, path, headers=headers, content=content)
        self.answers.append(answer)
        return answer

    def compare(self, said: Any, is_: Any, at: str = "") -> None:
        """Everything that is said is so; a name that is not known yet is learnt."""
        name = re.fullmatch(r"<(\w+)>", said) if isinstance(said, str) else None
        if said == ANY:
            return
        if name:
            assert str(self.known.setdefault(name[1], is_)) == str(is_), at
        elif isinstance(said, dict):
            assert isinstance(is_, dict), at
            for key, value in said.items():
                assert key in is_, f"{at}.{key}: {is_}"
                self.compare(value, is_[key], f"{at}.{key}")
        elif isinstance(said, list):
            assert len(said) == len(is_), f"{at}: {is_}"
            for i, value in enumerate(said):
                self.compare(value, is_[i], f"{at}[{i}]")
        else:
            assert said == is_, f"{at}: {is_}"

    def compare_lines(self, said: list[str], frames: list[Any]) -> None:
        """The lines in their order; `…` stands for any number of others."""
        at = 0
        for i, line in enumerate(said):
            if line == "…":
                wanted = json.loads(said[i + 1])
                at = next(j for j, frame in enumerate(frames[at:], at) if alike(wanted, frame))
                continue
            self.compare(json.loads(line), frames[at], line)
            at += 1
        assert at == len(frames)


def alike(said: dict[str, Any], frame: dict[str, Any]) -> bool:
    """Whether it is the frame that a line after `…` means: of its sort, and of its kind."""
    return all(said.get(key) == frame.get(key) for key in ("f", "t"))


def test_what_the_readme_says_is_so(house: House) -> None:
    photo = io.BytesIO()
    Image.new("RGB", (8, 8), "teal").save(photo, "PNG")
    with TestClient(create_app(house.settings, house=house), raise_server_exceptions=False) as client:
        district = found(house, consent=False)
        known = prepare(client, district) | {"size": str(len(photo.getvalue()))}
        known["sha256"] = hashlib.sha256(photo.getvalue()).hexdigest()
        reader = Reader(client, photo.getvalue(), known)
        blocks = BLOCKS.findall(README.read_text(encoding="utf-8"))
        python = next(text for kind, text in blocks if kind == "python")
        told = [(kind, text) for kind, text in blocks if kind != "python"]
        assert len(told) % 2 == 0
        for (kind, request), (answer_kind, expected) in zip(told[::2], told[1::2], strict=True):
            assert (kind, answer_kind) in {("http", "json"), ("http", "ndjson"), ("http", "headers")}
            check(reader, reader.send(request), answer_kind, expected)
        sums_up(python, reader)


def prepare(client: TestClient, district: District) -> dict[str, str]:
    """What happened before the phone's story begins: an invitation, and an order for the team."""
    admin = signed(client, district["admin"])
    admin.post("/people/v1/me/consent", {"version": 1}, 200)
    order = {"title": "清扫黄石东路", "scene": "sanitation", "area_path": GRID, "team_id": district.teams["sweepers"]}
    admin.post("/workorders/v1/orders", {"orders": [order]}, 201)
    invite = admin.post("/handsets/v1/invites", {"person_id": district["crew"].id}, 201).json()
    return {"payload": invite["payload"], "phone": district["crew"].phone, "password": PASSWORD}


def check(reader: Reader, answer: Response, kind: str, expected: str) -> None:
    status, _, rest = expected.partition(" " if kind == "json" else "\n")
    assert answer.status_code == int(status), answer.text
    if kind == "json":
        reader.compare(json.loads(rest), answer.json())
    elif kind == "ndjson":
        reader.compare_lines(rest.splitlines(), [json.loads(line) for line in answer.content.splitlines()])
    else:
        told = dict(line.split(": ", 1) for line in rest.splitlines())
        reader.compare(told, {name: answer.headers.get(name) for name in told})


def sums_up(python: str, reader: Reader) -> None:
    """The README's own few lines come to the server's checksums."""
    space: dict[str, Any] = {}
    exec(python, space)
    pulled = next(a for a in reader.answers if a.headers["content-type"].startswith("application/x-ndjson"))
    lines = [(json.loads(line), line) for line in pulled.content.splitlines()]
    names = next(frame for frame, _ in lines if frame["f"] == "scopes")["names"]
    rows = [(f, line[line.index(b',"d":') + 5 : -1]) for f, line in lines if f["f"] == "row"]
    digests = lines[-1][0]["digests"]
    assert digests
    for scope, (wanted, count) in digests.items():
        held = [(f["t"], f["id"], f["ver"], body) for f, body in rows if names.index(scope) in f["s"]]
        assert (space["digest"](held), len(held)) == (wanted, count)


def test_a_readme_that_lies_is_caught() -> None:
    reader = Reader(None, b"", {"known": "1"})  # type: ignore[arg-type]  # nobody is asked
    for said, is_ in (({"a": 1}, {"a": 2}), ({"a": 1}, {}), ([1], [1, 2]), ({"a": "<known>"}, {"a": "2"})):
        with pytest.raises(AssertionError):
            reader.compare(said, is_)
    reader.compare({"a": "<new>", "b": ANY}, {"a": 5, "b": 6, "c": 7})
    assert reader.filled('{"x": <new>, "y": "<known>"}') == '{"x": 5, "y": "1"}'
