"""A tus client of others' making, a real server, cut connections, and kill -9."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from tusclient.client import TusClient

from backend.attachments.routes import receiving
from tests.api.attachments.conftest import UPLOADS, Server, as_, photo, sha256_of

PHOTO = photo(1600, 1200)
SHA = sha256_of(PHOTO)
WAIT_S = 20.0


def asked(url: str, method: str, path: str, body: bytes = b"", **more: str) -> http.client.HTTPResponse:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=WAIT_S)
    connection.request(method, path, body, as_("li", **more))
    answer = connection.getresponse()
    answer.body = answer.read()  # type: ignore[attr-defined]
    connection.close()
    return answer


def begun(url: str) -> str:
    return asked(url, "POST", UPLOADS, Upload_Length=str(len(PHOTO))).headers["Location"]


def offset(url: str, place: str) -> int:
    return int(asked(url, "HEAD", place).headers["Upload-Offset"])


def cut_in_the_middle(url: str, place: str, start: int, some: int) -> socket.socket:
    """A request that declares all the rest and sends only `some`; the connection stays open."""
    parts = urlsplit(url)
    wire = socket.create_connection((parts.hostname, parts.port), timeout=WAIT_S)
    headers = as_("li", Upload_Offset=str(start), Content_Type="application/offset+octet-stream", Host="x")
    headers["Content-Length"] = str(len(PHOTO) - start)
    lines = [f"PATCH {place} HTTP/1.1", *(f"{key}: {value}" for key, value in headers.items()), "", ""]
    wire.sendall("\r\n".join(lines).encode() + PHOTO[start : start + some])
    return wire


def until_offset(url: str, place: str, expected: int) -> None:
    deadline = time.monotonic() + WAIT_S
    while offset(url, place) < expected:
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.mark.parametrize("proved", [False, True])
def test_tuspy_sends_in_pieces_and_resumes(server: Server, tmp_path: Path, proved: bool) -> None:
    file = tmp_path / "照片.jpg"
    file.write_bytes(PHOTO)
    client = TusClient(f"{server.url}{UPLOADS}", headers={"Authorization": "Bearer li"})
    facts = {"filename": file.name, "filetype": "image/jpeg", "sha256": SHA}
    with file.open("rb") as stream:
        first = client.uploader(file_stream=stream, chunk_size=65_536, metadata=facts, upload_checksum=proved)
        first.upload(stop_at=150_000)
        assert 0 < first.offset < len(PHOTO)
        second = client.uploader(file_stream=stream, chunk_size=262_144, url=first.url, upload_checksum=proved)
        assert second.offset == first.offset
        second.upload()
    answer = asked(server.url, "GET", f"/attachments/v1/{SHA}")
    assert answer.body == PHOTO  # type: ignore[attr-defined]


def test_a_cut_connection_leaves_what_came(server: Server) -> None:
    place = begun(server.url)
    wire = cut_in_the_middle(server.url, place, 0, 300_000)
    until_offset(server.url, place, 262_144)
    wire.close()
    until_offset(server.url, place, 300_000)
    rest = asked(
        server.url,
        "PATCH",
        place,
        PHOTO[300_000:],
        Upload_Offset="300000",
        Content_Type="application/offset+octet-stream",
    )
    assert rest.headers["Attachment-Sha256"] == SHA


def test_two_at_once_on_one_upload_the_second_waits(server: Server) -> None:
    place = begun(server.url)
    wire = cut_in_the_middle(server.url, place, 0, 262_144)
    until_offset(server.url, place, 262_144)
    second = asked(
        server.url,
        "PATCH",
        place,
        PHOTO[262_144:],
        Upload_Offset="262144",
        Content_Type="application/offset+octet-stream",
    )
    assert second.status == 423
    assert second.headers["Retry-After"] == "2"
    wire.close()


def test_a_phone_that_changed_networks_takes_over(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(receiving, "TAKE_OVER_S", 0.3)
    place = begun(server.url)
    wire = cut_in_the_middle(server.url, place, 0, 262_144)
    until_offset(server.url, place, 262_144)
    time.sleep(0.4)
    second = asked(
        server.url,
        "PATCH",
        place,
        PHOTO[262_144:],
        Upload_Offset="262144",
        Content_Type="application/offset+octet-stream",
    )
    assert second.headers["Attachment-Sha256"] == SHA
    wire.close()


def test_a_connection_that_falls_silent_is_given_up(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(receiving, "IDLE_S", 0.3)
    place = begun(server.url)
    wire = cut_in_the_middle(server.url, place, 0, 1_000)
    assert b"204" in wire.recv(1_000)
    assert offset(server.url, place) == 1_000
    wire.close()


def test_many_phones_send_at_once(server: Server) -> None:
    photos = [photo(320, 240, colour=str(number)) for number in range(12)]
    found: list[str | None] = []

    def send(data: bytes) -> None:
        answer = asked(
            server.url,
            "POST",
            UPLOADS,
            data,
            Upload_Length=str(len(data)),
            Content_Type="application/offset+octet-stream",
        )
        found.append(answer.headers["Attachment-Sha256"])

    threads = [threading.Thread(target=send, args=(data,)) for data in photos]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(found) == {sha256_of(data) for data in photos}


SERVE = """
import sys, socket
from pathlib import Path
sys.path.insert(0, {root!r})
import uvicorn
from backend.app import build_house, create_app
from backend.kernel.settings import Settings
from tests.api.attachments.conftest import prepare

settings = Settings(data_dir=Path(sys.argv[2]), database_url=sys.argv[1], testing=True)
app = create_app(settings, house=prepare(build_house(settings)))
uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[3]), log_level="error")
"""


def serve(store: str, folder: Path, port: int) -> "subprocess.Popen[bytes]":
    code = SERVE.format(root=str(Path(__file__).parents[3]))
    process = subprocess.Popen(
        [sys.executable, "-c", code, store, str(folder), str(port)], env={**os.environ, "PYTHONWARNINGS": ""}
    )
    deadline = time.monotonic() + WAIT_S * 2
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return process
        except OSError:
            assert process.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.05)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.mark.full
def test_an_upload_survives_kill_9(store_url: str, tmp_path: Path) -> None:
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    process = serve(store_url, tmp_path, port)
    place, acknowledged = begun(url), 100_000
    first = asked(
        url, "PATCH", place, PHOTO[:acknowledged], Upload_Offset="0", Content_Type="application/offset+octet-stream"
    )
    assert first.headers["Upload-Offset"] == str(acknowledged)
    for _ in range(3):
        wire = cut_in_the_middle(url, place, acknowledged, 200_000)
        time.sleep(0.2)
        process.send_signal(signal.SIGKILL)
        process.wait()
        wire.close()
        process = serve(store_url, tmp_path, port)
        stands = offset(url, place)
        assert stands >= acknowledged, "what was acknowledged is there"
        acknowledged = stands
    last = asked(
        url,
        "PATCH",
        place,
        PHOTO[acknowledged:],
        Upload_Offset=str(acknowledged),
        Content_Type="application/offset+octet-stream",
    )
    assert last.headers["Attachment-Sha256"] == SHA, "no byte was doubled, lost or torn"
    process.send_signal(signal.SIGTERM)
    process.wait(WAIT_S)
