"""A phone in a dictionary, that believes what pulls tell it."""

from typing import Any

import orjson

from sync.cursor import Signer
from sync.digests import Digest, row_hash
from sync.journal import Journal
from sync.protocol import Pull
from sync.pull import answer, unchanged

DEVICE, ANN = (f"{n:08x}-0000-7000-8000-000000000000" for n in (1, 2))
SIGNER = Signer("a secret of the tests")
NOW_S = 1_800_000_000
Key = tuple[str, str]


class Replica:
    """A phone that believes what pulls tell it: stages frames, applies them at `end`."""

    def __init__(self, user: str = ANN) -> None:
        self.user = user
        self.rows: dict[Key, tuple[int, tuple[str, ...], bytes]] = {}
        self.digests: dict[str, list[Any]] = {}
        self.cookie: str | None = None
        self.page: str | None = None
        self.staged: list[dict[str, Any]] = []
        self.reconcile: str | None = None
        self.acked = -1

    def ask(self, max_bytes: int) -> Pull:
        return Pull.model_construct(
            device=DEVICE, epoch=1, contract=1, cookie=self.cookie, page=self.page, max_bytes=max_bytes
        )

    def take(self, lines: list[bytes]) -> bool:
        """Takes one page; True when the pull has ended."""
        frames = [orjson.loads(line) for line in lines]
        if frames[-1]["f"] == "restart":
            self.page, self.staged = None, []
            return False
        if frames[0]["f"] == "begin":
            self.staged, self.reconcile = [], frames[0].get("reconcile")
        names = next((frame["names"] for frame in frames if frame["f"] == "scopes"), [])
        for line, frame in zip(lines, frames, strict=True):
            if frame["f"] == "row":
                frame["scopes"] = tuple(names[i] for i in frame["s"])
                frame["body"] = line[line.index(b',"d":') + 5 : -2]
        self.staged += [frame for frame in frames if frame["f"] in ("row", "gone")]
        self.page = frames[-1].get("page")
        if frames[-1]["f"] == "end":
            self._end(frames[-2:])
        return bool(frames[-1]["f"] == "end")

    def _end(self, last: list[dict[str, Any]]) -> None:
        ack, end = last
        if self.reconcile:
            self.rows, self.digests = {}, {}
        for frame in self.staged:
            key = (frame["t"], frame["id"])
            if frame["f"] == "row":
                self.rows[key] = (frame["ver"], frame["scopes"], frame["body"])
            else:
                self.rows.pop(key, None)
        left = set(end.get("left", []))
        self.rows = {
            key: (ver, tuple(s for s in scopes if s not in left), body)
            for key, (ver, scopes, body) in self.rows.items()
        }
        self.digests = {s: told for s, told in self.digests.items() if s not in left} | end.get("digests", {})
        self.cookie, self.page, self.staged, self.acked = end["cookie"], None, [], ack["n"]

    def sum_of(self, scope: str) -> list[Any]:
        held = [(key, row) for key, row in self.rows.items() if scope in row[1]]
        return [Digest().plus(row_hash(*key, row[0], row[2]) for key, row in held).text(), len(held)]


def assert_told_alike(at_once: list[bytes] | None, frames: list[bytes]) -> None:
    """What is told at once, if anything, is what is told otherwise; its cookie may be the one that was shown."""
    if at_once is not None:
        said, otherwise = ([orjson.loads(line) for line in b"".join(lines).splitlines()] for lines in (at_once, frames))
        assert [frame | {"cookie": ""} for frame in said] == [frame | {"cookie": ""} for frame in otherwise]


def follow(journal: Journal, replica: Replica, max_bytes: int = 300, now_s: int = NOW_S) -> int:
    """Pulls to the end; gives the number of pages."""
    for page in range(1, 200):
        asked = replica.ask(max_bytes)
        frames = answer(asked, replica.user, journal, SIGNER, now_s)
        assert_told_alike(unchanged(asked, replica.user, journal, SIGNER, now_s), frames)
        if replica.take(frames):
            return page
    raise AssertionError("the pull never ended")
