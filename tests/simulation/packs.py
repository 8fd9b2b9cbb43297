"""Packs in the simulated town: the server's shelf of them, and the door they are fetched by, in small pieces."""

import threading
from collections.abc import Mapping
from dataclasses import asdict
from unittest.mock import patch
from urllib.parse import parse_qs, urlsplit

import orjson

from sync import offering
from sync.cursor import Bearer, Signer, TicketInvalid
from sync.handset.client import PACKS_PATH
from sync.journal import Journal
from sync.protocol import Snapshots
from sync.refusal import Refusal
from sync.snapshot import Manifest
from sync.stores.packs import LASTS_S, Shelved

ROWS_MIN = 6
"""A town is small."""
PIECE_BYTES = 900
"""No more of a pack goes in one answer, whatever was asked for."""


class PackGone(Refusal):
    code = "sync.pack_gone"
    status = 410


class Packs:
    """A shelf in memory. It lies beside the database: a restore leaves it as it is."""

    def __init__(self) -> None:
        self.building = threading.Lock()
        self._newest: dict[tuple[str, str, int], Shelved] = {}
        self._bytes: dict[str, bytes] = {}

    def find(self, generation: str, scope: str, contract: int, now_s: int) -> Shelved | None:
        found = self._newest.get((generation, scope, contract))
        return found if found is not None and 0 <= now_s - found.built_s <= LASTS_S else None

    def put(self, manifest: Manifest, packed: bytes, now_s: int) -> Shelved:
        self._bytes[manifest.sha256] = packed
        shelved = self._newest[manifest.generation, manifest.scope, manifest.contract] = Shelved(manifest, now_s)
        return shelved

    def sweep(self) -> None:
        """The disk was needed: every pack goes, whoever is fetching it."""
        self._newest.clear()
        self._bytes.clear()

    def offer(self, sent: Snapshots, user: str, journal: Journal, signer: Signer, now_s: int) -> bytes:
        """The packs that a handset may fill itself with."""
        with patch.object(offering, "PACK_ROWS_MIN", ROWS_MIN):
            made = offering.offer(sent, user, journal, signer, now_s, self)  # type: ignore[arg-type]  # a shelf in memory
        told = [asdict(t.pack.manifest) | {"url": _url(t, sent.epoch)} for t in made.packs]
        return orjson.dumps({"packs": told, "cookie": made.cookie, "building": made.building})

    def piece(
        self, path: str, asked: Mapping[str, str], user: str, journal: Journal, signer: Signer, now_s: int
    ) -> bytes:
        """Some bytes of a pack, for whoever holds its scope still."""
        url = urlsplit(path)
        sha256, query = url.path.removeprefix(PACKS_PATH), parse_qs(url.query)
        bearer = Bearer(user, asked["device"], int(query["epoch"][0]))
        scope = signer.read_ticket(query["ticket"][0], sha256, now_s, bearer)
        if scope not in {m.scope for m in journal.user_scopes(user) if m.seq_out is None}:
            raise TicketInvalid
        if sha256 not in self._bytes:
            raise PackGone
        first = int(asked["range"].removeprefix("bytes=").partition("-")[0])
        return self._bytes[sha256][first : first + PIECE_BYTES]


def _url(ticket: offering.Ticket, epoch: int) -> str:
    return f"{PACKS_PATH}{ticket.pack.manifest.sha256}?epoch={epoch}&ticket={ticket.ticket}"
