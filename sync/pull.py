"""Gives changes after a cursor, page by page, as frames that are joined from stored bytes.

A pull walks four steps, each in ascending order, so that whatever changes between two pages is met again later on:
back-fill of joined scopes, changes in kept scopes, rows that left, rows of scopes that the user left. The page on
which nothing is left to say ends the pull at the head of its own snapshot.
"""

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any

from sync.cursor import Bearer, Cookie, CookieInvalid, Signer, scope_mark
from sync.frames import line, places, row
from sync.journal import Entry, Journal, Membership, QueueState, ScopeState, Span, Stand
from sync.protocol import N_MAX, Keep, Pull
from sync.scopes import Delta, delta

ROWS_AT_ONCE = 500
POLL_S = 60
"""How long a handset waits before it asks again on its own; a poke comes earlier."""
POLL_JITTER_S = 20
HORIZON_S = 90 * 86_400
"""A handset away longer than this reconciles from the start."""
COOKIE_STANDS_S = 3_600
"""How long a handset for whom nothing changes keeps its cookie: nothing is signed then, nor kept anew."""
KEEP = Keep()
PAGE_LASTS_S = 86_400
"""A pull that slept longer between two pages starts again: it may not outlive the horizon."""


@dataclass(slots=True)
class _Page:
    """One answer being filled."""

    limit: int
    scopes: Sequence[str]
    """The reader's scopes; row frames name them by their place here."""
    frames: list[bytes] = field(default_factory=list)
    size: int = 0
    rows: int = 0
    named: bool = False
    held: dict[tuple[str, ...], str] = field(default_factory=dict)
    """Scopes that hold a row, as a row frame tells them."""

    def add(self, frame: bytes) -> None:
        self.frames.append(frame)
        self.size += len(frame)

    def add_rows(self, entries: Sequence[Entry]) -> int:
        """Adds rows until the page is full; gives how many."""
        if entries and not self.named:
            self.add(line({"f": "scopes", "names": self.scopes}))
            self.named = True
        frames, size, limit, held = self.frames, self.size, self.limit, self.held
        added = 0
        for entry in entries:
            where = held.get(entry.scopes)
            if where is None:
                where = held[entry.scopes] = places(entry, self.scopes)
            frame = row(entry, where)
            frames.append(frame)
            size += len(frame)
            added += 1
            if size >= limit:
                break
        self.size = size
        self.rows += added
        return added

    def wanted(self) -> int:
        """How many rows to ask for: by the size of those that came, no more than have room."""
        if not self.rows:
            return ROWS_AT_ONCE
        return min(max((self.limit - self.size) * self.rows // self.size + 1, 1), ROWS_AT_ONCE)

    @property
    def full(self) -> bool:
        return self.size >= self.limit


@dataclass(slots=True)
class _Walk:
    """Where a pull of several pages stands; signed and carried by the handset."""

    c: int
    """The cookie's seq; 0 for a first fill."""
    generation: str
    scopes_seq: int
    """The newest joining or leaving of the user when the pull began."""
    begun_s: int
    top: int = 0
    """The head when the pull began: what stood then is filled by order and newest first, what comes later follows."""
    turn: int = 0
    """Whose turn of the order it is."""
    kinds: dict[str, Span] | None = None
    """Which kinds there are to fill, from which version to which; None before anybody looked. To look for others, or
    beyond these, costs a walk over all that is not of the kind."""
    below: int = N_MAX
    filled: int = 0
    changed: int = 0
    departed: int = 0
    abandoned: str | None = ""
    reconcile: str | None = None
    packed: list[str] | None = None
    """The scopes that packs have filled, as the cookie marks them; None when it is an ordinary one."""

    def sees(self, memberships: Sequence[Membership]) -> Delta:
        """The user's scopes as the handset knows them."""
        if self.packed is None:
            return delta(memberships, self.c)
        return delta(memberships, self.c, {m.scope for m in memberships if scope_mark(m.scope) in self.packed})

    def token(self) -> dict[str, Any]:
        """What is not as a walk begins."""
        return {f.name: value for f in fields(self) if (value := getattr(self, f.name)) != f.default}


def answer(
    pull: Pull,
    user: str,
    journal: Journal,
    signer: Signer,
    now_s: int,
    keep: Keep = KEEP,
    order: Sequence[Sequence[str]] = (),
) -> list[bytes]:
    """The frames of one page, each a line of JSON. Raises PageInvalid.

    `order`: which kinds fill a joined scope first, which next; kinds that it does not name come last.

    The first page begins with `begin`; the last ends with `end`, others with `more`. `restart` tells the handset to
    drop what it staged and pull again: its scopes or the database's life changed between two pages.
    """
    bearer = Bearer(user, pull.device, pull.epoch)
    memberships = journal.user_scopes(user)
    scopes_seq = max((max(m.seq_in, m.seq_out or 0) for m in memberships), default=0)
    page = _Page(pull.max_bytes, sorted(m.scope for m in memberships if m.seq_out is None))
    stand = journal.stand()
    head = stand.seq
    if pull.page is None:
        begun = _Walk(0, stand.generation, scopes_seq, now_s, head, filled=head, departed=head)
        walk = _start(pull, bearer, signer, begun, stand)
        page.add(line({"f": "begin", "from": walk.c, "to": head} | _reason(walk)))
    else:
        walk = _Walk(**signer.read_page(pull.page, bearer))
        stale = now_s - walk.begun_s > PAGE_LASTS_S
        if stale or walk.scopes_seq != scopes_seq or walk.generation != stand.generation:
            return [line({"f": "restart"})]
    seen = walk.sees(memberships)
    if not _fill(page, walk, seen, journal, order):
        page.add(line({"f": "more", "page": signer.page(walk.token(), bearer)}))
        return page.frames
    _end(page, walk, seen, head, journal, pull, user, signer, now_s, keep)
    return page.frames


def unchanged(pull: Pull, user: str, journal: Journal, signer: Signer, now_s: int) -> list[bytes] | None:
    """What `answer` says when nothing changed since the cookie, in a few reads; None when there is more to say.

    Reads the head, the queue and, when the sequence moved on, a row a scope.
    """
    if pull.cookie is None or pull.page is not None:
        return None
    bearer, stand = Bearer(user, pull.device, pull.epoch), journal.stand()
    try:
        cookie = signer.read_cookie(pull.cookie, bearer)
    except CookieInvalid:
        return None
    moved = cookie.seq < stand.seq
    if cookie.packed is not None or _worthless(cookie, stand, now_s) or (moved and journal.stirred(user, cookie.seq)):
        return None
    stands = 0 <= now_s - cookie.issued_s < COOKIE_STANDS_S
    held = pull.cookie if stands else signer.cookie(Cookie(stand.generation, stand.seq, now_s), bearer)
    queue = journal.queue(pull.device, pull.epoch, user)
    return [
        b'{"f":"begin","from":%d,"to":%d}\n' % (cookie.seq, stand.seq),
        b'{"f":"ack","n":%d}\n' % queue.acked,
        line(_ending(pull.device, stand.seq, held, queue)),
    ]


def _start(pull: Pull, bearer: Bearer, signer: Signer, walk: _Walk, stand: Stand) -> _Walk:
    """From the cookie, or from nothing with the reason why."""
    walk.reconcile = "first"
    if pull.cookie is None:
        return walk
    try:
        cookie = signer.read_cookie(pull.cookie, bearer)
    except CookieInvalid:
        walk.reconcile = "cookie"
        return walk
    walk.reconcile = _worthless(cookie, stand, walk.begun_s)
    if walk.reconcile is None:
        walk.c = walk.changed = walk.departed = cookie.seq
        walk.packed = sorted(cookie.packed) if cookie.packed is not None else None
    return walk


def _worthless(cookie: Cookie, stand: Stand, now_s: int) -> str | None:
    """Why a cookie of ours cannot be gone on from; None when it can."""
    if cookie.generation != stand.generation[-12:] or cookie.seq > stand.seq:
        return "generation"  # a cookie of the future is of a database that is no more
    if now_s - cookie.issued_s > HORIZON_S or cookie.seq < stand.pruned:
        return "horizon"
    return None


def _reason(walk: _Walk) -> dict[str, Any]:
    return {"reconcile": walk.reconcile} if walk.reconcile else {}


def _fill(page: _Page, walk: _Walk, seen: Delta, journal: Journal, order: Sequence[Sequence[str]]) -> bool:
    """Walks on until the page is full (False) or all is said (True)."""
    if seen.kept or seen.joined:
        states = journal.scope_states(seen.now())
        stirred = [s for s in seen.kept if states[s].ver > min(walk.changed, walk.departed)]
        joined = [s for s in seen.joined if states[s].ver > min(walk.filled, walk.departed)]
        if not _fill_back(page, walk, [s for s in seen.joined if states[s].rows], states, journal, order):
            return False
        if not _fill_changed(page, walk, "filled", joined, states, journal):
            return False
        if not _fill_changed(page, walk, "changed", stirred, states, journal):
            return False
        # A reconciling handset drops what it was not sent: it hears only of rows that left since its first page.
        if not _fill_departed(page, walk, [*stirred, *joined], seen, journal):
            return False
    return not (walk.c and seen.left and walk.abandoned is not None) or _fill_abandoned(page, walk, seen, journal)


def _fill_back(
    page: _Page,
    walk: _Walk,
    scopes: Sequence[str],
    states: Mapping[str, ScopeState],
    journal: Journal,
    order: Sequence[Sequence[str]],
) -> bool:
    """What stood in joined scopes when the pull began. Whatever changes meanwhile leaves this walk for the next."""
    shown_by = [scope for scope in page.scopes if states[scope].rows]
    if scopes and walk.kinds is None:
        walk.kinds = journal.kinds_in(scopes, walk.top + 1)
    while scopes and walk.turn <= len(order):
        spans = _of_turn(walk, order)
        oldest = min((first for first, _ in spans.values()), default=N_MAX)
        newest = min(max((last for _, last in spans.values()), default=0), walk.below - 1)
        wanted = page.wanted()
        entries = journal.before(scopes, shown_by, list(spans), (oldest, newest), wanted) if oldest <= newest else []
        added = page.add_rows(entries)
        if added:
            walk.below = entries[added - 1].ver
        if page.full:
            return False
        if len(entries) < wanted:
            walk.turn, walk.below = walk.turn + 1, N_MAX
    return True


def _of_turn(walk: _Walk, order: Sequence[Sequence[str]]) -> dict[str, Span]:
    """Those of the kinds whose turn it is; the last turn is of whatever the order does not name."""
    there = walk.kinds or {}
    if walk.turn < len(order):
        return {kind: span for kind, span in there.items() if kind in order[walk.turn]}
    named = {kind for turn in order for kind in turn}
    return {kind: span for kind, span in there.items() if kind not in named}


def _fill_changed(
    page: _Page,
    walk: _Walk,
    position: str,
    scopes: Sequence[str],
    states: Mapping[str, ScopeState],
    journal: Journal,
) -> bool:
    if not scopes:
        return True
    while True:
        after = getattr(walk, position)
        # A row that changed has stirred every scope that holds it: quiet ones need not be asked.
        shown_by = [scope for scope in page.scopes if states[scope].ver > after]
        wanted = page.wanted()
        entries = journal.changed(scopes, shown_by, after, wanted)
        added = page.add_rows(entries)
        if added:
            setattr(walk, position, entries[added - 1].ver)
        if page.full:
            return False
        if len(entries) < wanted:
            return True


def _fill_departed(page: _Page, walk: _Walk, scopes: Sequence[str], seen: Delta, journal: Journal) -> bool:
    if not scopes:
        return True
    while True:
        entries, beyond = journal.departed(scopes, seen.now(), walk.departed, ROWS_AT_ONCE)
        for seq, entry in entries:
            page.add(_gone(entry))
            walk.departed = seq
            if page.full:
                return False
        if beyond is None:
            return True
        walk.departed = beyond


def _fill_abandoned(page: _Page, walk: _Walk, seen: Delta, journal: Journal) -> bool:
    while walk.abandoned is not None:
        entries, beyond = journal.abandoned(seen.left, seen.now(), walk.abandoned, ROWS_AT_ONCE)
        for entry in entries:
            page.add(_gone(entry))
            walk.abandoned = f"{entry.t}/{entry.id}"
            if page.full:
                return False
        walk.abandoned = beyond
    return True


def _end(
    page: _Page,
    walk: _Walk,
    seen: Delta,
    head: int,
    journal: Journal,
    pull: Pull,
    user: str,
    signer: Signer,
    now_s: int,
    keep: Keep,
) -> None:
    told = _digests(walk, seen, journal)
    queue = journal.queue(pull.device, pull.epoch, user)
    cookie = signer.cookie(Cookie(walk.generation, head, now_s), Bearer(user, pull.device, pull.epoch))
    page.add(b'{"f":"ack","n":%d}\n' % queue.acked)
    end = _ending(pull.device, head, cookie, queue)
    if told:
        end |= {"digests": told, "keep": keep.model_dump()}
    if walk.reconcile or walk.packed is not None:
        end["queues"] = {str(epoch): acked for epoch, acked in journal.epochs(pull.device, user).items()}
    if seen.left and walk.c:
        end["left"] = sorted(m.scope for m in seen.left)
    page.add(line(end))


def _ending(device: str, head: int, cookie: str, queue: QueueState) -> dict[str, Any]:
    """What every `end` says."""
    end: dict[str, Any] = {"f": "end", "to": head, "cookie": cookie, "next_poll_s": _next_poll(device, head)}
    if queue.safe:
        end["safe_through"] = queue.safe
    return end


def _digests(walk: _Walk, seen: Delta, journal: Journal) -> dict[str, list[str | int]]:
    """Digest and count of the scopes that changed since the cookie or are new to the handset."""
    held = seen.now()
    if not held:
        return {}
    states = journal.scope_states(held)
    fresh = set(seen.joined if walk.packed is None else held)
    return {s: [state.digest.text(), state.rows] for s, state in states.items() if state.ver > walk.c or s in fresh}


def _next_poll(device: str, head: int) -> int:
    """Spread by device and time, so that handsets do not all come at once."""
    return POLL_S + zlib.crc32(f"{device}{head}".encode()) % POLL_JITTER_S


def _gone(entry: Entry) -> bytes:
    return line({"f": "gone", "t": entry.t, "id": entry.id, "why": entry.why})
