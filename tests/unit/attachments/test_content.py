"""The content store: the same answers from a folder and from an object store."""

import asyncio
from pathlib import Path

import pytest

from backend.attachments.content import ContentStore, content_of
from backend.kernel.settings import Settings
from mobile_contract.attachments import ThumbnailSize

SHA = "ab" * 32


@pytest.fixture(params=["", "memory:///"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> ContentStore:
    settings = Settings(testing=True, data_dir=tmp_path, attachments_url=request.param)
    assert content_of(settings) is content_of(settings)
    return content_of(settings)


def streamed(store: ContentStore, start: int, end: int) -> bytes:
    async def gather() -> bytes:
        return b"".join([piece async for piece in await store.stream(SHA, start, end)])

    return asyncio.run(gather())


def test_bytes_are_kept_under_their_hash(store: ContentStore, tmp_path: Path) -> None:
    file = tmp_path / "part"
    file.write_bytes(b"0123456789")
    for _ in range(2):
        store.put(SHA, file)
    file.unlink()
    assert store.read(SHA) == b"0123456789"
    assert streamed(store, 3, 7) == b"3456"
    store.put_thumbnail(SHA, ThumbnailSize.small, b"small")
    assert asyncio.run(store.thumbnail(SHA, ThumbnailSize.small)) == b"small"


def test_what_is_not_there_is_told_at_once(store: ContentStore) -> None:
    missing = "cd" * 32
    with pytest.raises(FileNotFoundError):
        store.read(missing)
    with pytest.raises(FileNotFoundError):
        asyncio.run(store.stream(missing, 0, 1))
    with pytest.raises(FileNotFoundError):
        asyncio.run(store.thumbnail(missing, ThumbnailSize.large))
