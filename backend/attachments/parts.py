"""Part files: what has come of an upload. The size of the file is where the upload stands, also after a crash."""

import contextlib
import fcntl
import hashlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from backend.attachments.rules import (
    BUSY_RETRY_S,
    SNIFF_BYTES,
    BeyondLength,
    Checksum,
    ChecksumMismatch,
    OffsetConflict,
    UploadBusy,
)
from backend.kernel.settings import Settings

COPY_BYTES = 1_048_576


class Part:
    """The part file of one upload. Every method may block; call them on a thread."""

    def __init__(self, settings: Settings, upload_id: str, length: int) -> None:
        self.path = parts_dir(settings) / upload_id
        self.length = length

    def offset(self) -> int:
        """How many bytes are safely on disk. They are made safe now: what is told must survive a power cut."""
        try:
            with self.path.open("rb") as file:
                os.fsync(file.fileno())
                return os.fstat(file.fileno()).st_size
        except FileNotFoundError:
            return 0

    @contextlib.contextmanager
    def held(self) -> Iterator[BinaryIO]:
        """The file, for one writer at a time, over all processes; raises UploadBusy. A killed process lets go."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        new = not self.path.exists()
        with self.path.open("ab+") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise UploadBusy(retry_s=BUSY_RETRY_S) from None
            if new:
                sync_dir(self.path.parent)
            yield file

    def remove(self) -> None:
        """Forgets what has come."""
        self.path.unlink(missing_ok=True)
        tail_of(self.path).unlink(missing_ok=True)

    def head(self) -> bytes:
        """The first bytes, by which a file is known."""
        with self.path.open("rb") as file:
            return file.read(SNIFF_BYTES)

    def sha256(self) -> str:
        """SHA-256 of what has come, hex."""
        with self.path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()


class Appender:
    """Takes the bytes of one request into a held part file.

    With a checksum the bytes wait in a tail file until they are proved: an unproved byte is never told as safe.
    """

    def __init__(self, part: Part, file: BinaryIO, offset: int, checksum: Checksum | None) -> None:
        stands = os.fstat(file.fileno()).st_size
        if stands != offset:
            raise OffsetConflict(offset=stands)
        self._part = part
        self._file = file
        self._checksum = checksum
        self._start = self._end = stands
        self._tail = tail_of(part.path).open("wb+") if checksum else None

    def take(self, data: bytes) -> None:
        """Writes on; raises BeyondLength."""
        if self._end + len(data) > self._part.length:
            raise BeyondLength(length=self._part.length)
        self._end += len(data)
        if self._checksum and self._tail:
            self._checksum.add(data)
            self._tail.write(data)
        else:
            self._file.write(data)
            self._file.flush()

    def settle(self, *, whole: bool) -> int:
        """Makes what came safe and gives the new offset. `whole`: the request came to its end.

        Raises ChecksumMismatch; then nothing of this request is kept, nor of a request that was cut before its proof.
        """
        if self._checksum and self._tail:
            self._settle_tail(self._checksum, self._tail, whole)
        self._file.flush()
        os.fsync(self._file.fileno())
        return os.fstat(self._file.fileno()).st_size

    def _settle_tail(self, checksum: Checksum, tail: BinaryIO, whole: bool) -> None:
        with tail:
            if whole and not checksum.holds():
                tail_of(self._part.path).unlink()
                raise ChecksumMismatch(offset=self._start)
            if whole:
                tail.seek(0)
                shutil.copyfileobj(tail, self._file, COPY_BYTES)
        tail_of(self._part.path).unlink()


def parts_dir(settings: Settings) -> Path:
    """Where part files lie, on this machine's disk whatever the content store is."""
    return settings.data_dir / "attachments" / "parts"


def tail_of(path: Path) -> Path:
    """Where unproved bytes of an upload wait."""
    return path.with_name(f"{path.name}.tail")


def sync_dir(folder: Path) -> None:
    """Makes a new name in the folder survive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
