"""What a handset stands on, its clocks and its store, and what it says to whoever drives it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol

from sync.handset.kept import KeptStore
from sync.handset.outbox import Entry, EntryState
from sync.handset.replica import Row


class PhoneClock(Protocol):
    """What a phone knows of time: claims."""

    def wall_ms(self) -> int: ...
    def mono_ms(self) -> int | None: ...
    def boot(self) -> str | None: ...


class Store(KeptStore, Protocol):
    """Where a handset keeps its things; what a transaction did is all there after a crash, or none of it."""

    def add_entry(self, entry: Entry) -> None: ...
    def entries(self, epoch: int, user: str, after: int = 0) -> list[Entry]: ...
    def held(self, user: str) -> list[Entry]: ...
    def set_result(self, epoch: int, user: str, n: int, state: EntryState, result: Mapping[str, Any]) -> None: ...
    def drop_entries(self, epoch: int, user: str, after: int = 0) -> None: ...
    def waiting_users(self) -> list[str]: ...
    def row(self, user: str, t: str, row_id: str) -> Row | None: ...
    def rows(self, user: str, t: str | None = None) -> list[Row]: ...
    def stage(self, user: str, frames: Sequence[Mapping[str, Any]]) -> None: ...
    def unstage(self, user: str) -> None: ...
    def apply_stage(self, user: str, *, reconcile: bool, left: Sequence[str]) -> None: ...
    def pack_size(self, sha256: str) -> int: ...
    def add_to_pack(self, sha256: str, at: int, piece: bytes) -> None: ...
    def pack_bytes(self, sha256: str) -> bytes: ...
    def keep_packs(self, hashes: Sequence[str]) -> None: ...
    def wipe(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Request:
    """What to send: a POST of JSON, or a GET."""

    path: str
    body: bytes
    user: str
    method: str = "POST"
    """GET for a piece of a pack; `headers` then name its range."""
    headers: Mapping[str, str] = field(default_factory=dict)


class Needs(StrEnum):
    """What the handset cannot do by itself."""

    sign_in = "sign_in"
    epoch = "epoch"
    upgrade = "upgrade"
    consent = "consent"
    wiped = "wiped"


@dataclass(frozen=True, slots=True)
class Standing:
    """What the crew sees of their queue. `synced` only when nothing waits and the digests agree."""

    depth: int
    oldest_ms: int | None
    conflicts: int
    synced: bool
    needs: str | None
