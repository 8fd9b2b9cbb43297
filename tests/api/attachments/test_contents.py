"""Contents: given back byte for byte, in ranges, small where a thumbnail will do, and only to those who may see."""

import io
from collections.abc import Iterable

import pytest
from PIL import Image

from backend.attachments import actions, queries
from backend.attachments.module import MODULE
from backend.kernel.authority import Grant, Principal
from backend.kernel.http import House
from backend.kernel.journaling import set_user_scopes
from backend.worker import drain
from tests.api.attachments.conftest import PEOPLE, Sender, person_id, photo, sha256_of

PHOTO = photo()
SHA = sha256_of(PHOTO)
GRID_SCOPES = ("team:1", "area:/440111/songzhou/07/")
ROW = "0199b3a0-0000-7000-8000-0000000000aa"


def cite(house: House, by: str | None, sha256s: Iterable[str], scopes: Iterable[str], row: str = ROW) -> None:
    """What another feature does when a row names its photos."""
    caller = Principal(person_id(by), by, "s", None, (Grant(*PEOPLE[by]),)) if by else None
    with house.db.transaction() as session:
        actions.cite(house.ctx(session, caller), list(sha256s), "orders", row, scopes)


def hold(house: House, name: str, *scopes: str) -> None:
    with house.db.transaction() as session:
        set_user_scopes(session, person_id(name), scopes)


def test_bytes_come_back_as_they_were_sent(li: Sender) -> None:
    li.send(PHOTO)
    answer = li.get(SHA)
    assert answer.content == PHOTO
    assert answer.headers["Content-Type"] == "image/jpeg"
    assert answer.headers["ETag"] == f'"{SHA}"'
    assert answer.headers["Cache-Control"] == "private, max-age=31536000, immutable"
    assert answer.headers["Accept-Ranges"] == "bytes"
    assert answer.headers["Content-Length"] == str(len(PHOTO))
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("asked", "start", "end"),
    [
        ("bytes=0-0", 0, 1),
        ("bytes=10-19", 10, 20),
        ("bytes=100-", 100, None),
        ("bytes=-7", -7, None),
        ("bytes=5-99999999", 5, None),
        ("bytes=-99999999", 0, None),
    ],
)
def test_a_range_is_given(li: Sender, asked: str, start: int, end: int | None) -> None:
    li.send(PHOTO)
    answer = li.get(SHA, Range=asked)
    assert answer.status_code == 206
    assert answer.content == PHOTO[start:end]
    first = start % len(PHOTO)
    assert answer.headers["Content-Range"] == f"bytes {first}-{first + len(answer.content) - 1}/{len(PHOTO)}"


@pytest.mark.parametrize("asked", ["bytes=0-1,5-6", "items=0-1", "bytes=", "bytes=-", "bytes=9-2", "x"])
def test_a_range_that_means_nothing_is_ignored(li: Sender, asked: str) -> None:
    li.send(PHOTO)
    answer = li.get(SHA, Range=asked)
    assert (answer.status_code, answer.content) == (200, PHOTO)


@pytest.mark.parametrize("asked", ["bytes=99999999-", "bytes=-0"])
def test_a_range_outside_is_refused(li: Sender, asked: str) -> None:
    li.send(PHOTO)
    answer = li.get(SHA, Range=asked)
    assert (answer.status_code, answer.json()["code"]) == (416, "attachments.range_unsatisfiable")


def test_what_the_caller_has_is_not_sent_again(li: Sender) -> None:
    li.send(PHOTO)
    answer = li.get(SHA, If_None_Match=f'"x", W/"{SHA}"')
    assert (answer.status_code, answer.content) == (304, b"")
    assert li.get(SHA, If_None_Match='"x"').status_code == 200
    assert li.get(SHA, Range="bytes=0-1", If_Range='"old"').status_code == 200
    assert li.get(SHA, Range="bytes=0-1", If_Range=f'"{SHA}"').status_code == 206


def test_what_is_no_hash_or_not_here_is_refused(li: Sender) -> None:
    assert li.get("0" * 64).json()["code"] == "attachments.unknown"
    for hostile in ("0" * 63, "Z" * 64, "..%2f..%2fetc%2fpasswd", "%00", "uploads"):
        assert li.get(hostile).status_code in (404, 405, 422)


def test_thumbnails_are_small_upright_and_without_exif(li: Sender, house: House) -> None:
    lying = photo(1600, 1200, orientation=6)
    sha = li.send(lying)
    pending = li.get(sha, "/thumbnail")
    assert (pending.status_code, pending.json()["code"]) == (404, "attachments.thumbnail_pending")
    assert pending.headers["Retry-After"] == "5"
    assert drain(house, [MODULE]) == 1
    for side in (256, 1024):
        answer = li.get(sha, f"/thumbnail?size={side}")
        assert answer.headers["Content-Type"] == "image/webp"
        with Image.open(io.BytesIO(answer.content)) as small:
            assert small.format == "WEBP"
            assert small.size == (side * 3 // 4, side)
            assert not small.getexif()
        tag = answer.headers["ETag"]
        assert li.get(sha, f"/thumbnail?size={side}", If_None_Match=tag).status_code == 304
    assert li.get(sha).content == lying, "the original is evidence: not a byte of it changes"
    assert li.get(sha, "/thumbnail?size=999").status_code == 422


@pytest.mark.parametrize("body", [b"%PDF-1.7\n%...", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", b"\0\0\0\x18ftypmp42...."])
def test_papers_videos_and_heic_are_kept_without_thumbnail(li: Sender, house: House, body: bytes) -> None:
    sha = li.send(body)
    assert drain(house, [MODULE]) == 0
    assert li.get(sha).content == body
    assert li.get(sha, "/thumbnail").json()["code"] == "attachments.no_thumbnail"


def test_holders_of_a_rows_scopes_see_its_photos(li: Sender, house: House) -> None:
    names = ("wang", "zhao", "desk", "desk_elsewhere")
    others = {name: Sender(li.client, name) for name in names}
    hold(house, "wang", "team:1")
    hold(house, "zhao", "team:2")
    li.send(PHOTO)

    def who_sees() -> set[str]:
        return {name for name in names if others[name].get(SHA).status_code == 200}

    assert who_sees() == set()
    cite(house, "li", [SHA], GRID_SCOPES)
    assert who_sees() == {"wang", "desk"}
    hold(house, "wang", "team:9")
    assert who_sees() == {"desk"}, "who has left the team sees no more"
    cite(house, "desk", [SHA], ("team:2", "area:/440111/lianhe/"))
    assert who_sees() == {"zhao", "desk_elsewhere"}, "the row moved, and its photo with it"
    cite(house, "desk", [], ())
    assert who_sees() == set()


def test_a_photo_may_be_cited_before_it_comes(li: Sender, house: House) -> None:
    hold(house, "wang", "team:1")
    cite(house, "li", [SHA], GRID_SCOPES)
    wang = Sender(li.client, "wang")
    assert wang.get(SHA).status_code == 404
    li.send(PHOTO)
    assert wang.get(SHA).status_code == 200


def test_citing_a_strangers_photo_opens_nobodys_eyes(li: Sender, house: House) -> None:
    """Whoever learns a hash could cite it in a row of their own, and look."""
    zhao = Sender(li.client, "zhao")
    hold(house, "zhao", "team:2")
    li.send(PHOTO)
    cite(house, "zhao", [SHA], ["team:2"])
    assert zhao.get(SHA).status_code == 404
    cite(house, None, [SHA], ["team:2"], row=ROW[:-1] + "b")
    assert zhao.get(SHA).status_code == 200, "the house itself may show it"


def test_a_desk_that_sees_a_photo_may_cite_it_on(li: Sender, house: House) -> None:
    li.send(PHOTO)
    cite(house, "li", [SHA], GRID_SCOPES)
    hold(house, "zhao", "team:2")
    cite(house, "desk", [SHA], ["team:2"], row=ROW[:-1] + "c")
    assert Sender(li.client, "zhao").get(SHA).status_code == 200


def test_features_learn_what_has_arrived_and_from_whom(li: Sender, house: House) -> None:
    li.send(PHOTO)
    with house.db.reading() as session:
        ctx = house.ctx(session)
        assert queries.present(ctx, [SHA, "0" * 64]) == {SHA}
        assert queries.present(ctx, [SHA], sent_by=person_id("li")) == {SHA}
        assert queries.present(ctx, [SHA], sent_by=person_id("wang")) == set()
        assert queries.present(ctx, []) == set()
