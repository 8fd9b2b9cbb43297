"""The content store: bytes under their SHA-256, on disk by default, else wherever `attachments_url` says."""

import functools
import os
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import obstore
from obstore.store import LocalStore, ObjectStore, from_url

from backend.attachments.parts import sync_dir
from backend.kernel.settings import Settings
from mobile_contract.attachments import ThumbnailSize

STREAM_BYTES = 262_144


class ContentStore:
    """Puts and gives bytes. `put` and `put_thumbnail` block; call them on a thread."""

    def __init__(self, store: ObjectStore, folder: Path | None) -> None:
        self._store = store
        self._folder = folder

    def put(self, sha256: str, path: Path) -> None:
        """Keeps a file under its hash, safely on disk when this returns; the file itself stays where it is."""
        if self._folder is None:
            obstore.put(self._store, _key(sha256), path)
            return
        target = self._folder / _key(sha256)
        target.parent.mkdir(parents=True, exist_ok=True)
        # obstore does not sync to disk; a photo that was told as arrived must survive a power cut
        fresh = target.with_name(f".{sha256}.{os.getpid()}.{path.name}")
        _link_or_copy(path, fresh)
        fresh.replace(target)
        fresh.unlink(missing_ok=True)
        for folder in (target.parent, target.parent.parent, self._folder):
            sync_dir(folder)

    def read(self, sha256: str) -> bytes:
        """The whole content. Raises FileNotFoundError."""
        return bytes(obstore.get(self._store, _key(sha256)).bytes())

    def put_thumbnail(self, sha256: str, size: ThumbnailSize, data: bytes) -> None:
        """Keeps a thumbnail; it can always be made again, so it need not survive a power cut."""
        obstore.put(self._store, _thumbnail_key(sha256, size), data)

    async def thumbnail(self, sha256: str, size: ThumbnailSize) -> bytes:
        """A thumbnail. Raises FileNotFoundError."""
        found = await obstore.get_async(self._store, _thumbnail_key(sha256, size))
        return bytes(await found.bytes_async())

    async def stream(self, sha256: str, start: int, end: int) -> AsyncIterator[bytes]:
        """The bytes [start, end). Raises FileNotFoundError at once, not in the middle of an answer."""
        found = await obstore.get_async(self._store, _key(sha256), options={"range": (start, end)})

        async def pieces() -> AsyncIterator[bytes]:
            async for piece in found.stream(min_chunk_size=STREAM_BYTES):
                yield bytes(piece)

        return pieces()


def content_of(settings: Settings) -> ContentStore:
    """The store of this house; the same one each time."""
    return _open(settings.attachments_url, settings.data_dir / "attachments" / "content")


@functools.lru_cache(maxsize=64)
def _open(url: str, folder: Path) -> ContentStore:
    if url:
        return ContentStore(from_url(url), None)
    folder.mkdir(parents=True, exist_ok=True)
    return ContentStore(LocalStore(folder), folder)


def _key(sha256: str) -> str:
    return f"sha256/{sha256[:2]}/{sha256[2:4]}/{sha256}"


def _thumbnail_key(sha256: str, size: ThumbnailSize) -> str:
    return f"thumbnails/{size}/{sha256[:2]}/{sha256}.webp"


def _link_or_copy(path: Path, target: Path) -> None:
    try:
        os.link(path, target)
    except OSError:  # another file system, or one without links
        with path.open("rb") as source, target.open("wb") as copy:
            shutil.copyfileobj(source, copy)
            copy.flush()
            os.fsync(copy.fileno())
