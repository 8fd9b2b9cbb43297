"""Packs on disk, by the hash of their bytes: written whole, read by many, and the oldest removed when room runs out."""

import hashlib
import os
import tempfile
import threading
from dataclasses import asdict, dataclass
from pathlib import Path

import orjson

from sync.snapshot import Manifest

SHELF_BYTES_MAX = 4_000_000_000
LASTS_S = 7 * 86_400
"""A pack is not offered beyond this age, and then removed."""


@dataclass(frozen=True, slots=True)
class Shelved:
    """A pack on the shelf."""

    manifest: Manifest
    built_s: int


class Shelf:
    """A folder of packs. Several processes may share it: files appear whole, by renaming, or not at all."""

    def __init__(self, folder: Path, bytes_max: int = SHELF_BYTES_MAX) -> None:
        self._folder = folder
        self._bytes_max = bytes_max
        self.building = threading.Lock()
        """Held by whoever builds packs: one at a time in a process."""

    def find(self, generation: str, scope: str, contract: int, now_s: int) -> Shelved | None:
        """The newest pack of a scope, unless it is too old or not there."""
        try:
            kept = orjson.loads(self._label(generation, scope, contract).read_bytes())
        except (FileNotFoundError, orjson.JSONDecodeError):
            return None
        shelved = Shelved(Manifest(**kept["manifest"]), kept["built_s"])
        path = self.path(shelved.manifest.sha256)
        whole = path is not None and path.stat().st_size == shelved.manifest.bytes
        return shelved if whole and 0 <= now_s - shelved.built_s <= LASTS_S else None

    def path(self, sha256: str) -> Path | None:
        """Where the pack of that hash lies."""
        path = self._folder / f"{sha256}.pack"
        return path if path.is_file() else None

    def put(self, manifest: Manifest, packed: bytes, now_s: int) -> Shelved:
        """Shelves a pack as the newest of its scope, and makes room."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._write(self._folder / f"{manifest.sha256}.pack", packed)
        os.utime(self._folder / f"{manifest.sha256}.pack", (now_s, now_s))
        label = orjson.dumps({"manifest": asdict(manifest), "built_s": now_s})
        self._write(self._label(manifest.generation, manifest.scope, manifest.contract), label)
        self.sweep(now_s, keep=manifest.sha256)
        return Shelved(manifest, now_s)

    def sweep(self, now_s: int, keep: str = "") -> int:
        """Removes what is too old, then the oldest until the rest fits; gives how many packs went."""
        found = [(path.stat(), path) for path in self._folder.glob("*.pack")]
        held = sorted(((p.stem == keep, stat.st_mtime, stat.st_size, p) for stat, p in found), reverse=True)
        room, gone = self._bytes_max, 0
        for _, changed, size, path in held:
            room -= size
            if path.stem != keep and (room < 0 or now_s - changed > 2 * LASTS_S):
                path.unlink(missing_ok=True)
                gone += 1
        return gone

    def _label(self, generation: str, scope: str, contract: int) -> Path:
        name = hashlib.sha256(orjson.dumps([generation, scope, contract])).hexdigest()[:32]
        return self._folder / f"{name}.json"

    def _write(self, path: Path, content: bytes) -> None:
        handle, name = tempfile.mkstemp(dir=self._folder)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
