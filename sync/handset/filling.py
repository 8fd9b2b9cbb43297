"""Fills an empty replica with packs: asks which there are, fetches them piece by piece, checks them. Without I/O."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

import orjson

from sync.handset.answers import Damaged, offer_of
from sync.handset.ports import Store
from sync.protocol import PACK_CHUNK_BYTES
from sync.snapshot import PACK_BYTES_MAX, Manifest, PackRefused, PackRow, open_pack

PACKS_MAX = 200
ASKED_ANEW_MAX = 20
"""Addresses last an hour: so many hours may a fill over a slow network take in one run."""


class Stage(StrEnum):
    """Where a filling stands."""

    asking = "asking"
    fetching = "fetching"
    ready = "ready"
    """Every pack is here, whole and checked; its rows are staged."""
    given_up = "given_up"
    """The pull fills the replica without packs."""


class Filling:
    """One first fill. What was fetched stays in the store, so that it goes on after a cut or a crash."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.stage = Stage.asking
        self.cookie: str | None = None
        self._asked = 0
        self._packs: list[tuple[Manifest, str]] = []

    def next_piece(self) -> tuple[str, dict[str, str]] | None:
        """The path and headers of the next piece to fetch; None when all is here."""
        for manifest, url in self._packs:
            here = self._store.pack_size(manifest.sha256)
            if here < manifest.bytes:
                until = min(here + PACK_CHUNK_BYTES, manifest.bytes) - 1
                return url, {"Range": f"bytes={here}-{until}", "If-Range": f'"{manifest.sha256}"'}
        return None

    def offered(self, body: bytes) -> None:
        """Takes the server's offer. Raises Damaged."""
        offer = offer_of(body)
        packs = [(_manifest(pack), pack["url"]) for pack in offer["packs"]]
        cookie = offer.get("cookie")
        too_many = len(packs) > PACKS_MAX or any(manifest.bytes > PACK_BYTES_MAX for manifest, _ in packs)
        if not packs or too_many or cookie is None:
            self.give_up()
            return
        self._packs, self.cookie, self.stage = packs, cookie, Stage.fetching
        with self._store.transaction():
            self._store.keep_packs([manifest.sha256 for manifest, _ in packs])

    def fetched(self, path: str, body: bytes, *, whole: bool) -> None:
        """Takes a piece, or the whole pack where a box on the way knows no ranges. Raises Damaged when it is not
        as long as it can be."""
        manifest = next(m for m, url in self._packs if url == path)
        here = 0 if whole else self._store.pack_size(manifest.sha256)
        if not body or here + len(body) > manifest.bytes or (whole and len(body) < manifest.bytes):
            raise Damaged
        with self._store.transaction():
            if whole:
                self._store.keep_packs([m.sha256 for m, _ in self._packs if m != manifest])
            self._store.add_to_pack(manifest.sha256, here, body)

    def refused(self) -> None:
        """An address is good no longer: the packs are asked for anew, and what was fetched of them stays."""
        self._asked += 1
        if self.stage is Stage.fetching and self._asked <= ASKED_ANEW_MAX:
            self.stage = Stage.asking
        else:
            self.give_up()

    def finish(self, user: str) -> None:
        """Opens the packs and stages their rows; one that is not what was offered ends the filling, with no harm."""
        merged: dict[tuple[str, str], tuple[PackRow, list[str]]] = {}
        try:
            for manifest, _ in self._packs:
                for row in open_pack(self._store.pack_bytes(manifest.sha256), manifest):
                    held, scopes = merged.get((row.t, row.id), (row, []))
                    newer = row if row.ver > held.ver else held
                    merged[row.t, row.id] = (newer, [*scopes, manifest.scope])
        except PackRefused:
            self.give_up()
            return
        with self._store.transaction():
            self._store.unstage(user)
            self._store.stage(user, [_frame(row, scopes) for row, scopes in merged.values()])
        self.stage = Stage.ready

    def give_up(self) -> None:
        """Throws away what was fetched."""
        self.stage, self.cookie = Stage.given_up, None
        with self._store.transaction():
            self._store.keep_packs([])


def _manifest(said: Mapping[str, Any]) -> Manifest:
    return Manifest(**{name: said[name] for name in Manifest.__slots__})


def _frame(row: PackRow, scopes: list[str]) -> dict[str, Any]:
    return {"f": "row", "t": row.t, "id": row.id, "ver": row.ver, "scopes": scopes, "body": row.body}


def ask(device: str, epoch: int, contract: int) -> bytes:
    """The question which packs there are."""
    return orjson.dumps({"device": device, "epoch": epoch, "schema": contract})
