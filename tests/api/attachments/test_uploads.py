"""Uploads: what came is kept, where to go on is known, and nothing else is let in."""

import base64
import struct
import zlib
from datetime import timedelta
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from backend.attachments.events import AttachmentArrived
from backend.attachments.module import MODULE
from backend.attachments.rules import UPLOAD_KEPT
from backend.kernel.clock import SetClock
from backend.kernel.http import House
from backend.kernel.settings import Settings
from backend.worker import drain
from mobile_contract.attachments import OPEN_UPLOADS_MAX
from tests.api.attachments.conftest import UPLOADS, Sender, as_, checksum, metadata, person_id, photo, sha256_of

PHOTO = photo()
SHA = sha256_of(PHOTO)


def code(answer: object) -> str:
    return str(answer.json()["code"])  # type: ignore[attr-defined]


def parts(settings: Settings) -> list[Path]:
    return list((settings.data_dir / "attachments" / "parts").glob("*"))


def test_a_photo_arrives_in_pieces(li: Sender, heard: list[AttachmentArrived], settings: Settings) -> None:
    place = li.begun(len(PHOTO), filename="工单 照片.jpg", filetype="image/jpeg", sha256=SHA)
    third = len(PHOTO) // 3
    for start in range(0, len(PHOTO), third):
        assert li.offset(place) == start
        answer = li.patch(place, start, PHOTO[start : start + third])
        assert answer.status_code == 204, answer.text
        assert answer.headers["Tus-Resumable"] == "1.0.0"
        assert answer.headers["Upload-Offset"] == str(min(start + third, len(PHOTO)))
        assert answer.headers["Upload-Expires"].endswith("GMT")
    assert answer.headers["Attachment-Sha256"] == SHA
    assert heard == [AttachmentArrived(SHA, len(PHOTO), person_id("li"))]
    assert li.get(SHA).content == PHOTO
    assert parts(settings) == []
    assert li.offset(place) == len(PHOTO)


def test_head_needs_no_filetype_and_gives_back_what_was_told(li: Sender) -> None:
    bare, told = li.begun(100), li.begun(100, filename="a.jpg")
    assert "Upload-Metadata" not in li.ask(bare).headers
    answer = li.ask(told)
    assert answer.headers["Upload-Metadata"] == metadata(filename="a.jpg")
    assert answer.headers["Upload-Length"] == "100"
    assert answer.headers["Cache-Control"] == "no-store"


def test_the_server_says_what_it_can_do(client: TestClient, settings: Settings) -> None:
    answer = client.options(UPLOADS, headers={"Authorization": "Bearer li"})
    assert answer.status_code == 204
    assert answer.headers["Tus-Version"] == "1.0.0"
    extensions = set(answer.headers["Tus-Extension"].split(","))
    assert extensions == {"creation", "creation-with-upload", "termination", "expiration", "checksum"}
    assert answer.headers["Tus-Max-Size"] == str(settings.upload_bytes_max)
    assert answer.headers["Tus-Checksum-Algorithm"] == "sha1,sha256"


def test_creation_may_bring_the_first_piece_or_all(client: TestClient, heard: list[AttachmentArrived]) -> None:
    headers = as_("li", Upload_Length=str(len(PHOTO)), Content_Type="application/offset+octet-stream")
    some = client.post(UPLOADS, headers=headers, content=PHOTO[:100])
    assert (some.status_code, some.headers["Upload-Offset"]) == (201, "100")
    assert heard == []
    whole = client.post(UPLOADS, headers=headers, content=PHOTO)
    assert (whole.status_code, whole.headers["Attachment-Sha256"]) == (201, SHA)
    assert len(heard) == 1


def test_the_wrong_offset_is_refused_and_the_right_one_told(li: Sender) -> None:
    place = li.begun(len(PHOTO))
    li.patch(place, 0, PHOTO[:1000])
    for wrong in (0, 999, 1001):
        answer = li.patch(place, wrong, PHOTO[wrong : wrong + 10])
        assert (answer.status_code, code(answer)) == (409, "attachments.offset_conflict")
        assert answer.headers["Upload-Offset"] == "1000"
    assert li.offset(place) == 1000


def test_the_last_piece_sent_again_because_its_answer_was_lost(li: Sender, heard: list[AttachmentArrived]) -> None:
    place = li.begun(len(PHOTO))
    li.patch(place, 0, PHOTO)
    assert li.patch(place, 0, PHOTO).status_code == 409
    again = li.patch(place, len(PHOTO), b"")
    assert (again.status_code, again.headers["Attachment-Sha256"]) == (204, SHA)
    assert len(heard) == 1


@pytest.mark.parametrize("algorithm", ["sha1", "sha256"])
def test_a_piece_is_proved_by_its_checksum(li: Sender, algorithm: str, settings: Settings) -> None:
    place = li.begun(len(PHOTO))
    assert li.patch(place, 0, PHOTO[:500], Upload_Checksum=checksum(PHOTO[:500], algorithm)).status_code == 204
    torn = li.patch(place, 500, PHOTO[500:900], Upload_Checksum=checksum(b"other", algorithm))
    assert (torn.status_code, code(torn)) == (460, "attachments.checksum_mismatch")
    assert li.offset(place) == 500
    assert [p.name for p in parts(settings) if p.name.endswith(".tail")] == []
    rest = li.patch(place, 500, PHOTO[500:], Upload_Checksum=checksum(PHOTO[500:], algorithm))
    assert rest.headers["Attachment-Sha256"] == SHA


@pytest.mark.parametrize("header", ["md5 AAAA", "sha1", "sha1 !!!", "sha256 AAAA", ""])
def test_a_bad_checksum_header_is_refused(li: Sender, header: str) -> None:
    place = li.begun(len(PHOTO))
    answer = li.patch(place, 0, PHOTO, Upload_Checksum=header)
    assert (answer.status_code, code(answer)) == (400, "attachments.checksum_invalid")
    assert li.offset(place) == 0


def test_a_file_that_is_not_what_its_hash_says_begins_anew(li: Sender, heard: list[AttachmentArrived]) -> None:
    place = li.begun(len(PHOTO), sha256=SHA)
    answer = li.patch(place, 0, PHOTO[:-1] + b"?")
    assert (answer.status_code, code(answer)) == (460, "attachments.sha256_mismatch")
    assert li.offset(place) == 0
    assert heard == []
    assert li.patch(place, 0, PHOTO).headers["Attachment-Sha256"] == SHA


def test_more_than_declared_is_refused_and_what_belongs_is_kept(li: Sender) -> None:
    place = li.begun(1000)
    li.patch(place, 0, PHOTO[:600])
    answer = li.patch(place, 600, PHOTO[600:1200])
    assert (answer.status_code, code(answer)) == (413, "attachments.beyond_length")
    assert li.offset(place) == 600


@pytest.mark.parametrize(
    ("length", "status", "refused"),
    [
        ("-1", 422, "attachments.length_invalid"),
        ("0", 422, "attachments.length_invalid"),
        ("", 422, "attachments.length_invalid"),
        ("1e6", 422, "attachments.length_invalid"),
        ("٣", 422, "attachments.length_invalid"),
        ("9" * 40, 422, "attachments.length_invalid"),
        ("99999999999", 413, "attachments.too_large"),
    ],
)
def test_a_bad_length_is_refused(li: Sender, length: str, status: int, refused: str) -> None:
    headers = {k: v.encode() for k, v in as_("li", Upload_Length=length).items()}
    answer = li.client.post(UPLOADS, headers=headers)
    assert (answer.status_code, code(answer)) == (status, refused)


@pytest.mark.parametrize("version", [None, "0.2.2", "1.0.1", "x" * 1000])
def test_another_version_of_tus_is_refused(client: TestClient, version: str | None) -> None:
    headers = as_("li", Upload_Length="10")
    del headers["Tus-Resumable"]
    if version:
        headers["Tus-Resumable"] = version
    answer = client.post(UPLOADS, headers=headers)
    assert (answer.status_code, code(answer)) == (412, "attachments.tus_version")
    assert answer.headers["Tus-Version"] == "1.0.0"


@pytest.mark.parametrize(
    "sent",
    [
        "filename !!!",
        "filename " + base64.b64encode(b"\xff\xfe").decode(),
        "filename " + base64.b64encode(b"a\x00b").decode(),
        "sha256 " + base64.b64encode(b"abc").decode(),
        "filetype " + base64.b64encode(b"image/jpeg; x").decode(),
        "stranger YQ==",
        "filename YQ==,filename YQ==",
        ",,",
        "filename " + "QUFB" * 2000,
    ],
)
def test_bad_metadata_is_refused(li: Sender, sent: str) -> None:
    answer = li.client.post(UPLOADS, headers=as_("li", Upload_Length="10", Upload_Metadata=sent))
    assert (answer.status_code, code(answer)) == (422, "attachments.metadata_invalid")


@pytest.mark.parametrize("name", ["../../etc/passwd", "..\\..\\boot.ini", "/etc/shadow", "..", "a/../../b.jpg"])
def test_a_file_name_opens_nothing(li: Sender, name: str, settings: Settings) -> None:
    li.send(PHOTO, filename=name)
    inside = [p for p in settings.data_dir.rglob("*") if p.is_file() and "attachments" in p.parts]
    assert {p.name for p in inside} == {SHA}


@pytest.mark.parametrize("body", [b"<html><script>alert(1)</script>", b"MZ\x90\x00", b"GIF89a....", b"\x00" * 50])
def test_what_is_no_photo_or_paper_is_refused_and_not_kept(li: Sender, body: bytes, settings: Settings) -> None:
    place = li.begun(len(body), filename="a.jpg", filetype="image/jpeg")
    answer = li.patch(place, 0, body)
    assert (answer.status_code, code(answer)) == (415, "attachments.content_unsupported")
    assert li.ask(place).status_code == 410
    assert parts(settings) == []


def bomb_png(side: int) -> bytes:
    """A few kilobytes that would unpack to side x side pixels."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    rows = zlib.compress(b"\0" * 1_000_000, 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


@pytest.mark.parametrize("side", [9_000, 12_000, 40_000])
def test_a_bomb_is_refused(li: Sender, side: int) -> None:
    bomb = bomb_png(side)
    assert len(bomb) < 10_000
    place = li.begun(len(bomb))
    answer = li.patch(place, 0, bomb)
    assert (answer.status_code, code(answer)) == (422, "attachments.image_too_large")


def test_a_torn_photo_is_still_evidence(li: Sender, house: House) -> None:
    torn = PHOTO[:300]
    sha = li.send(torn)
    drain(house, [MODULE])
    assert li.get(sha).content == torn
    assert code(li.get(sha, "/thumbnail")) == "attachments.no_thumbnail"


def test_another_persons_upload_is_unknown(li: Sender) -> None:
    place = li.begun(len(PHOTO))
    wang = Sender(li.client, "wang")
    assert wang.ask(place).status_code == 404
    for answer in (wang.patch(place, 0, PHOTO), li.client.delete(place, headers=as_("wang"))):
        assert (answer.status_code, code(answer)) == (404, "attachments.upload_unknown")
    assert li.offset(place) == 0


def test_an_upload_that_never_was_is_unknown(li: Sender) -> None:
    place = f"{UPLOADS}/0199b3a0-0000-7000-8000-ffffffffffff"
    assert li.ask(place).status_code == 404
    assert code(li.patch(place, 0, b"x")) == "attachments.upload_unknown"
    for hostile in ("..%2f..%2fetc", "%00", "x" * 300):
        assert li.patch(f"{UPLOADS}/{hostile}", 0, b"x").status_code in (404, 405, 422)


def test_only_staff_may_send_and_nobody_unknown(client: TestClient) -> None:
    assert code(client.post(UPLOADS, headers=as_("citizen", Upload_Length="10"))) == "auth.not_allowed"
    assert code(client.post(UPLOADS, headers=as_("nobody", Upload_Length="10"))) == "auth.not_signed_in"


@pytest.mark.parametrize("offset", ["-1", "", "x", "1.0", "9" * 30])
def test_a_bad_offset_is_refused(li: Sender, offset: str) -> None:
    place = li.begun(10)
    answer = li.patch(place, offset, b"x")
    assert (answer.status_code, code(answer)) == (422, "attachments.offset_invalid")


def test_a_body_of_another_type_is_refused(li: Sender) -> None:
    place = li.begun(10)
    for more in ({"Content_Type": "application/json"}, {"Content_Encoding": "gzip"}):
        headers = as_("li", Upload_Offset="0", Content_Type="application/offset+octet-stream") | as_("li", **more)
        answer = li.client.patch(place, headers=headers, content=b"x")
        assert (answer.status_code, code(answer)) == (415, "request.media_unsupported")


def test_an_upload_can_be_cancelled_until_it_has_arrived(li: Sender, settings: Settings) -> None:
    place = li.begun(len(PHOTO))
    li.patch(place, 0, PHOTO[:100])
    assert li.client.delete(place, headers=as_("li")).status_code == 204
    assert parts(settings) == []
    assert li.ask(place).status_code == 410
    place = li.begun(len(PHOTO))
    li.patch(place, 0, PHOTO)
    answer = li.client.delete(place, headers=as_("li"))
    assert (answer.status_code, code(answer)) == (409, "attachments.upload_finished")


def test_what_nobody_finishes_expires_and_is_cleared_away(
    li: Sender, clock: SetClock, house: House, settings: Settings
) -> None:
    place = li.begun(len(PHOTO))
    li.patch(place, 0, PHOTO[:100])
    clock.pass_time(UPLOAD_KEPT - timedelta(minutes=1))
    drain(house, [MODULE], recurring=True)
    assert li.offset(place) == 100
    clock.pass_time(timedelta(hours=2))
    assert li.ask(place).status_code == 410
    drain(house, [MODULE], recurring=True)
    clock.pass_time(timedelta(hours=1))
    drain(house, [MODULE], recurring=True)
    assert parts(settings) == []
    assert code(li.patch(place, 100, PHOTO[100:])) == "attachments.upload_expired"


def test_one_person_may_only_begin_so_many(li: Sender) -> None:
    for _ in range(OPEN_UPLOADS_MAX):
        li.begun(10)
    answer = li.begin(10)
    assert (answer.status_code, code(answer)) == (429, "attachments.too_many_open")
    assert Sender(li.client, "wang").begin(10).status_code == 201


def test_networks_that_let_no_patch_through(li: Sender) -> None:
    place = li.begun(len(PHOTO))
    headers = as_("li", Upload_Offset="0", Content_Type="application/offset+octet-stream")
    answer = li.client.post(place, headers={**headers, "X-HTTP-Method-Override": "PATCH"}, content=PHOTO)
    assert answer.headers["Attachment-Sha256"] == SHA
    other = li.begun(10)
    headers = {**as_("li"), "X-HTTP-Method-Override": "DELETE"}
    assert li.client.post(other, headers=headers).status_code == 204
    assert li.client.post(other, headers=as_("li")).status_code == 405


def test_the_last_byte_was_there_and_the_server_died_before_saying_so(
    li: Sender, settings: Settings, heard: list[AttachmentArrived]
) -> None:
    place = li.begun(len(PHOTO), sha256=SHA)
    folder = settings.data_dir / "attachments" / "parts"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / place.rsplit("/", 1)[1]).write_bytes(PHOTO)
    answer = li.ask(place)
    assert answer.headers["Attachment-Sha256"] == SHA
    assert [event.sha256 for event in heard] == [SHA]


def test_the_same_photo_from_two_people_is_kept_once_and_both_have_it(
    li: Sender, heard: list[AttachmentArrived], settings: Settings
) -> None:
    wang = Sender(li.client, "wang")
    assert wang.get(SHA).status_code == 404
    li.send(PHOTO)
    assert wang.get(SHA).status_code == 404, "knowing the hash is not having the photo"
    wang.send(PHOTO)
    assert wang.get(SHA).content == PHOTO
    assert [event.person_id for event in heard] == [person_id("li"), person_id("wang")]
    assert len([p for p in settings.data_dir.rglob("*") if p.name == SHA]) == 1
