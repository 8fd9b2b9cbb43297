"""What is right for attachments, without a server: the words of tus, file types, ranges."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.attachments.rules import (
    SNIFF_BYTES,
    ChecksumInvalid,
    ContentUnsupported,
    FileTooLarge,
    LengthInvalid,
    MetadataInvalid,
    RangeUnsatisfiable,
    checksum_of,
    filename_of,
    length_of,
    media_type_of,
    metadata_of,
    range_of,
)
from mobile_contract.attachments import METADATA_KEYS, MediaType


def encoded(value: str) -> str:
    return base64.b64encode(value.encode()).decode()


@given(st.text())
def test_no_length_header_is_more_than_a_refusal(header: str) -> None:
    try:
        length = length_of(header, 1_000)
    except (LengthInvalid, FileTooLarge):
        return
    assert 1 <= length <= 1_000


@given(
    st.text()
    | st.dictionaries(st.sampled_from(METADATA_KEYS), st.text()).map(
        lambda pairs: ",".join(f"{key} {encoded(value)}" for key, value in pairs.items())
    )
)
def test_no_metadata_is_more_than_a_refusal(header: str) -> None:
    try:
        metadata = metadata_of(header)
    except MetadataInvalid:
        return
    assert "/" not in metadata.filename
    assert metadata.sha256 is None or len(metadata.sha256) == 64


def test_metadata_is_read() -> None:
    sha = "a" * 64
    pairs = {"filename": "照片.jpg", "filetype": "image/jpeg", "sha256": sha, "mutation": "d:1:u:7", "row": "r-1"}
    metadata = metadata_of(", ".join(f"{key} {encoded(value)}" for key, value in pairs.items()))
    assert (metadata.filename, metadata.filetype, metadata.sha256) == ("照片.jpg", "image/jpeg", sha)
    assert (metadata.mutation, metadata.row) == ("d:1:u:7", "r-1")
    assert metadata_of(None).filename == ""
    assert metadata_of("filename").filename == ""


@given(st.text())
def test_no_checksum_header_is_more_than_a_refusal(header: str) -> None:
    with pytest.raises(ChecksumInvalid):
        checksum_of(header)


def test_a_checksum_is_of_the_whole() -> None:
    checksum = checksum_of(
        "sha1 " + base64.b64encode(bytes.fromhex("a9993e364706816aba3e25717850c26c9cd0d89d")).decode()
    )
    assert checksum is not None
    for piece in (b"a", b"b"):
        checksum.add(piece)
        assert not checksum.holds()
    checksum.add(b"c")
    assert checksum.holds()
    assert checksum_of(None) is None


@pytest.mark.parametrize(
    ("claimed", "shown"),
    [
        ("a.jpg", "a.jpg"),
        ("../a.jpg", "a.jpg"),
        ("c:\\x\\a.jpg", "a.jpg"),
        ("..", ""),
        ("/", ""),
        ("x" * 300, "x" * 200),
    ],
)
def test_a_file_name_is_only_a_name(claimed: str, shown: str) -> None:
    assert filename_of(claimed) == shown


@pytest.mark.parametrize(
    ("head", "media_type"),
    [
        (b"\xff\xd8\xff\xe1", MediaType.jpeg),
        (b"\x89PNG\r\n\x1a\n", MediaType.png),
        (b"RIFF\x10\x00\x00\x00WEBPVP8 ", MediaType.webp),
        (b"\x00\x00\x00\x18ftypheic", MediaType.heic),
        (b"\x00\x00\x00\x18ftyp3gp5", MediaType.mp4),
        (b"%PDF-1.4", MediaType.pdf),
    ],
)
def test_a_file_is_what_its_bytes_say(head: bytes, media_type: MediaType) -> None:
    assert media_type_of(head) == media_type
    with pytest.raises(ContentUnsupported):
        media_type_of(b"\n" + head)


@given(st.binary(max_size=SNIFF_BYTES))
def test_other_bytes_are_refused(head: bytes) -> None:
    if head.startswith((b"\xff\xd8\xff", b"\x89PNG", b"RIFF", b"%PDF")) or head[4:8] == b"ftyp":
        return
    with pytest.raises(ContentUnsupported):
        media_type_of(head)


@given(st.integers(0, 50), st.integers(0, 50), st.integers(1, 40))
def test_a_range_lies_within_the_file(first: int, last: int, size: int) -> None:
    whole = bytes(range(size))
    try:
        found = range_of(f"bytes={first}-{last}", size)
    except RangeUnsatisfiable:
        assert first >= size
        return
    if found is None:
        assert last < first
    else:
        assert whole[found[0] : found[1]] == whole[first : last + 1] != b""
