"""Two colleagues, a stranger and two desks, who send and look; and a real server on loopback."""

import base64
import hashlib
import io
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
import uvicorn
from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx2 import Response
from PIL import Image
from sqlmodel import Session, SQLModel

from backend.app import build_house, create_app
from backend.attachments.events import AttachmentArrived
from backend.kernel.authority import Grant, Principal, Role
from backend.kernel.clock import Clock, SetClock, SystemClock
from backend.kernel.context import Ctx
from backend.kernel.errors import NotSignedIn
from backend.kernel.http import House
from backend.kernel.settings import Settings
from sync.stores import tables

UPLOADS = "/attachments/v1/uploads"
PEOPLE = {
    "li": (Role.crew, "/440111/songzhou/07/"),
    "wang": (Role.crew, "/440111/songzhou/07/"),
    "zhao": (Role.crew, "/440111/lianhe/"),
    "desk": (Role.dispatcher, "/440111/songzhou/"),
    "desk_elsewhere": (Role.dispatcher, "/440111/lianhe/"),
    "citizen": (Role.citizen, "/440111/"),
}


def person_id(name: str) -> str:
    return f"0199b3a0-0000-7000-8000-{list(PEOPLE).index(name):012d}"


def identify(_session: Session, _settings: Settings, _clock: Clock, token: str) -> Principal:
    if token not in PEOPLE:
        raise NotSignedIn
    return Principal(person_id(token), token, "session", None, (Grant(*PEOPLE[token]),))


def as_(name: str, **headers: str) -> dict[str, str]:
    """Headers that speak for a person, in tus 1.0."""
    return {"Authorization": f"Bearer {name}", "Tus-Resumable": "1.0.0"} | {
        key.replace("_", "-"): value for key, value in headers.items()
    }


def prepare(house: House) -> House:
    """A house whose doorkeeper knows the people above."""
    house.identify = identify
    with house.db.transaction() as session:
        SQLModel.metadata.create_all(session.connection())
        tables.metadata.create_all(session.connection())
    return house


@pytest.fixture
def heard(house: House) -> list[AttachmentArrived]:
    """Every AttachmentArrived that was announced."""
    events: list[AttachmentArrived] = []

    def hear(_ctx: Ctx, event: AttachmentArrived) -> None:
        events.append(event)

    house.bus._listeners[AttachmentArrived].append(hear)
    return events


@pytest.fixture
def house(settings: Settings, clock: SetClock) -> Iterator[House]:
    made = prepare(build_house(settings, clock))
    yield made
    made.db.close()


def photo(width: int = 640, height: int = 480, colour: str = "teal", orientation: int = 1) -> bytes:
    """A JPEG with EXIF, as a phone makes it."""
    exif = Image.Exif()
    exif[0x010F] = "PhoneMaker"
    exif[0x0112] = orientation
    out = io.BytesIO()
    Image.effect_noise((width, height), 60).convert("RGB").save(out, "JPEG", quality=92, exif=exif)
    return out.getvalue() + colour.encode()


def sha256_of(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def metadata(**pairs: str) -> str:
    return ",".join(f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in pairs.items())


def checksum(data: bytes, algorithm: str = "sha256") -> str:
    return f"{algorithm} {base64.b64encode(hashlib.new(algorithm, data).digest()).decode()}"


@dataclass
class Sender:
    """A phone, as far as tus goes."""

    client: TestClient
    name: str = "li"

    def begin(self, length: int | str, **pairs: str) -> Response:
        headers = as_(self.name, Upload_Length=str(length))
        if pairs:
            headers["Upload-Metadata"] = metadata(**pairs)
        return self.client.post(UPLOADS, headers=headers)

    def begun(self, length: int, **pairs: str) -> str:
        answer = self.begin(length, **pairs)
        assert answer.status_code == 201, answer.text
        return answer.headers["Location"]

    def patch(self, place: str, offset: int | str, data: bytes, **more: str) -> Response:
        headers = as_(self.name, Upload_Offset=str(offset), Content_Type="application/offset+octet-stream", **more)
        return self.client.patch(place, headers=headers, content=data)

    def ask(self, place: str) -> Response:
        return self.client.head(place, headers=as_(self.name))

    def offset(self, place: str) -> int:
        answer = self.ask(place)
        assert answer.status_code == 200, answer.status_code
        return int(answer.headers["Upload-Offset"])

    def send(self, data: bytes, **pairs: str) -> str:
        """Sends a file whole; gives its SHA-256."""
        place = self.begun(len(data), **pairs)
        answer = self.patch(place, 0, data)
        assert answer.status_code == 204, answer.text
        return answer.headers["Attachment-Sha256"]

    def get(self, sha256: str, path: str = "", **headers: str) -> Response:
        return self.client.get(f"/attachments/v1/{sha256}{path}", headers=as_(self.name, **headers))


@pytest.fixture
def li(client: TestClient) -> Sender:
    return Sender(client, "li")


@dataclass
class Server:
    """A real server on loopback."""

    url: str
    house: House


@pytest.fixture
def server(settings: Settings) -> Iterator[Server]:
    house = prepare(build_house(settings, SystemClock()))
    app: FastAPI = create_app(settings, house=house)
    running = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="error"))
    thread = threading.Thread(target=running.run)
    thread.start()
    while not running.started:
        time.sleep(0.01)
    port = running.servers[0].sockets[0].getsockname()[1]
    yield Server(f"http://127.0.0.1:{port}", house)
    running.should_exit = True
    thread.join()
