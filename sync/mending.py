"""Answers a handset whose replica drifted: which ranges differ, and the rows it wants. The set compared is what the
handset's cookie says it holds: whatever changed later is no matter of a repair, the next pull brings it."""

import threading
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from itertools import pairwise

from sync import frames
from sync.cursor import Bearer, Cookie, CookieInvalid, Signer
from sync.journal import Entry, Journal
from sync.protocol import GoneWhy, Repair
from sync.pull import HORIZON_S
from sync.refusal import Refusal
from sync.repair import Marks, read, respond, write
from sync.scopes import held_at

SPAN = 4_096
"""Versions whose marks are kept together."""
MARKS_KEPT = 2_000_000
"""Marks kept in one process, some 80 bytes each; those asked for longest ago go first."""


class ScopeNotHeld(Refusal):
    """A range of a scope that the reader does not hold, or did not when the cookie was given: pull instead."""

    code = "sync.scope_not_held"
    status = 403


def answer(repair: Repair, user: str, journal: Journal, signer: Signer, now_s: int, kept: "KeptMarks") -> list[bytes]:
    """The frames of one exchange: `ranges` of each scope asked for, then rows, then `mended`.

    Raises CookieInvalid where the handset has to pull first, ScopeNotHeld, RangesInvalid.
    """
    cookie = _cookie(repair, user, journal, signer, now_s)
    memberships = journal.user_scopes(user)
    now = sorted(m.scope for m in memberships if m.seq_out is None)
    held = held_at(memberships, cookie.seq) & set(now)
    if not held >= repair.ranges.keys() | repair.want.keys():
        raise ScopeNotHeld
    said = []
    for scope, ranges in repair.ranges.items():
        mine = kept.marks(journal, scope, cookie.seq)
        said.append(frames.line({"f": "ranges", "scope": scope, "r": write(respond(read(ranges), mine))}))
    rows = _rows(repair, journal, now)
    if rows:
        said.append(frames.line({"f": "scopes", "names": now}))
    said += [_told(entry, now) for entry in rows]
    return [*said, frames.line({"f": "mended", "to": cookie.seq})]


def _cookie(repair: Repair, user: str, journal: Journal, signer: Signer, now_s: int) -> Cookie:
    cookie = signer.read_cookie(repair.cookie, Bearer(user, repair.device, repair.epoch))
    life = cookie.generation == journal.generation()[-12:] and cookie.seq <= journal.head()
    if not life or cookie.packed is not None or now_s - cookie.issued_s > HORIZON_S:
        raise CookieInvalid
    return cookie


def _rows(repair: Repair, journal: Journal, now: Sequence[str]) -> list[Entry]:
    """Each row once, as it stands now: newer than the cookie is no harm, the next pull says it again."""
    wanted = [e for scope, versions in repair.want.items() for e in journal.at_versions(scope, now, versions)]
    doubted = journal.standing([(ref.t, ref.id) for ref in repair.doubt], now)
    return list({(entry.t, entry.id): entry for entry in (*wanted, *doubted)}.values())


def _told(entry: Entry, now: Sequence[str]) -> bytes:
    if entry.body is None:  # whether a row out of sight exists at all is not told
        return frames.line({"f": "gone", "t": entry.t, "id": entry.id, "why": GoneWhy.scope.value})
    return frames.row(entry, frames.places(entry, now))


class KeptMarks:
    """Marks of the scopes lately compared, kept per span of versions.

    Rows leave a span that lies behind the head, none ever enters it: a span with as many rows as before is the same.
    """

    def __init__(self, limit: int = MARKS_KEPT) -> None:
        self._limit = limit
        self._turn = threading.Lock()
        self._scopes: OrderedDict[tuple[str, str], dict[int, list[tuple[int, int]]]] = OrderedDict()

    def marks(self, journal: Journal, scope: str, until: int) -> Marks:
        """The scope's marks up to and including version `until`."""
        key = (journal.generation(), scope)
        with self._turn:
            spans = dict(self._scopes.get(key, {}))
        closed = (journal.head() + 1) // SPAN
        tally = journal.tally(scope, SPAN, until)
        stale = [s for s, held in tally.items() if s == until // SPAN or len(spans.get(s, ())) != held]
        for first, last in _runs(stale):
            for span in range(first, last + 1):
                spans[span] = []
            for pair in journal.marks(scope, first * SPAN, min((last + 1) * SPAN, until + 1)):
                spans[pair[0] // SPAN].append(pair)
        self._keep(key, {s: spans[s] for s in tally if s < closed and s != until // SPAN})
        return Marks(pair for span in tally for pair in spans[span])

    def _keep(self, key: tuple[str, str], spans: dict[int, list[tuple[int, int]]]) -> None:
        with self._turn:
            self._scopes[key] = spans
            self._scopes.move_to_end(key)
            while sum(len(span) for spans in self._scopes.values() for span in spans.values()) > self._limit:
                self._scopes.popitem(last=False)


def _runs(spans: Iterable[int]) -> list[tuple[int, int]]:
    """Neighbouring spans as (first, last), so that each run is read at once."""
    ordered = sorted(spans)
    cuts = [0, *(i + 1 for i, (a, b) in enumerate(pairwise(ordered)) if b != a + 1), len(ordered)]
    return [(ordered[i], ordered[j - 1]) for i, j in pairwise(cuts) if j > i]
