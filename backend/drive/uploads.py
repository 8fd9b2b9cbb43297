"""Photos on their way: kept by hash in the phone's folder, sent by tus in small pieces, gone on with after any cut."""

import base64
import hashlib
import mimetypes
from collections.abc import Callable
from pathlib import Path

from backend.drive.network import Answer, Network, Problem, Unreachable
from mobile_contract.attachments import CHUNK_BYTES, TUS_VERSION
from sync.handset.client import Store

UPLOADS = "/attachments/v1/uploads"
PIECES_MAX = 10_000
CUTS_MAX = 20
"""Cut pieces of one photo after which it is left for the next time."""
ANEW = (404, 410)
"""Answers after which an upload begins from nothing."""
SEND_AGAIN = (409, 423, 460)
"""Answers that say where to go on."""
NEVER = (413, 415, 422)
"""Answers that this photo gets however often it is sent."""
CHUNK = "application/offset+octet-stream"

Send = Callable[[str, str, bytes | None, dict[str, str]], Answer]


class Uploads:
    """The photos of one person on one phone."""

    def __init__(self, store: Store, folder: Path, user: str) -> None:
        self._store = store
        self._folder = folder / "photos"
        self._key = f"photos/{user}"
        self.resumed = 0
        """Photos that went on from the middle."""
        self.refused: list[tuple[str, Problem]] = []
        """(name, why) of those that the server did not take, as this was told."""

    def keep(self, content: bytes, name: str) -> str:
        """Keeps a photo to be sent; gives the hash by which mutations name it."""
        sha256 = hashlib.sha256(content).hexdigest()
        self._folder.mkdir(parents=True, exist_ok=True)
        (self._folder / sha256).write_bytes(content)
        kept = self._kept()
        if sha256 not in kept:
            self._store.put(self._key, kept | {sha256: {"name": Path(name).name[:200], "at": None}})
        return sha256

    def waiting(self) -> dict[str, dict[str, str | None]]:
        """Photos that are not yet at the server: {hash: {name, at: address of the upload}}."""
        return {sha256: said for sha256, said in self._kept().items() if "why" not in said}

    def never(self) -> list[str]:
        """Names of those that the server will not take; their bytes stay in the folder."""
        return [str(said["name"]) for said in self._kept().values() if "why" in said]

    def _kept(self) -> dict[str, dict[str, str | None]]:
        return dict(self._store.get(self._key) or {})

    def send_all(self, network: Network, send: Send) -> int:
        """Sends what waits, one photo after the other; gives how many arrived. Raises Unreachable, Problem.

        A photo that the server does not take holds back no other: it is put aside, in `refused`.
        """
        arrived = 0
        for sha256, said in self.waiting().items():
            content = (self._folder / sha256).read_bytes()
            try:
                if self._send_one(send, sha256, content, said):
                    self._forget(sha256)
                    arrived += 1
            except Problem as problem:
                if problem.status not in NEVER:
                    raise
                self.refused.append((str(said["name"]), problem))
                self._put(sha256, "why", problem.code)
        return arrived

    def _put(self, sha256: str, name: str, value: str) -> None:
        kept = self._kept()
        kept[sha256][name] = value
        self._store.put(self._key, kept)

    def _forget(self, sha256: str) -> None:
        kept = self._kept()
        kept.pop(sha256, None)
        self._store.put(self._key, kept)

    def _send_one(self, send: Send, sha256: str, content: bytes, said: dict[str, str | None]) -> bool:
        at, offset = said["at"], 0
        if at:
            answer = send("HEAD", at, None, {})
            at = None if answer.status in ANEW else at
            offset = int(_checked(answer).headers.get("upload-offset", "0")) if at else 0
            self.resumed += bool(at and 0 < offset < len(content))
        if at is None:
            at, offset = self._begin(send, sha256, content, str(said["name"])), 0
        return self._pour(send, at, content, offset)

    def _begin(self, send: Send, sha256: str, content: bytes, name: str) -> str:
        kind = mimetypes.guess_type(name)[0] or "image/jpeg"
        facts = {"sha256": sha256, "filename": name, "filetype": kind}
        told = ",".join(f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in facts.items())
        answer = _checked(send("POST", UPLOADS, b"", {"upload-length": str(len(content)), "upload-metadata": told}))
        at = answer.headers["location"]
        self._put(sha256, "at", at)
        return at

    def _pour(self, send: Send, at: str, content: bytes, offset: int) -> bool:
        """Whether all of it has arrived."""
        cuts = 0
        for _ in range(PIECES_MAX):
            if offset >= len(content):
                return True
            piece = content[offset : offset + CHUNK_BYTES]
            try:
                answer = send("PATCH", at, piece, {"upload-offset": str(offset), "content-type": CHUNK})
            except Unreachable:
                cuts += 1
                if cuts > CUTS_MAX:
                    raise
                answer = send("HEAD", at, None, {})
                self.resumed += 1
            if answer.status not in SEND_AGAIN:
                _checked(answer)
            offset = int(answer.headers.get("upload-offset", str(offset)))
        return False


def _checked(answer: Answer) -> Answer:
    if answer.status >= 400:
        raise answer.problem()
    return answer


def tus_headers(more: dict[str, str]) -> dict[str, str]:
    """The headers of a tus request."""
    return {"tus-resumable": TUS_VERSION} | more


__all__ = ["Problem", "Uploads", "tus_headers"]
