"""Lookout: what the user of a push may touch, now or as of the cookie held when the work was done."""

from dataclasses import replace

from sync.cursor import Bearer, Cookie, CookieInvalid, Signer
from sync.journal import Journal, JournalRow, Membership
from sync.protocol import Mutation, Push
from sync.scopes import GRACE_S, Sight

EPOCHS_BACK = 3
"""Of the epoch of a push, and of the one in which its work was first queued: a phone may have begun one, and worked on
before it pulled under it."""


class Lookout:
    """One push being looked at."""

    def __init__(self, push: Push, journal: Journal, signer: Signer, received_ms: int) -> None:
        self._user = push.user
        self._bearer = Bearer(push.user, push.device, push.epoch)
        self._journal = journal
        self._signer = signer
        self._received_ms = received_ms
        self._remembered: list[Membership] | None = None

    def remember(self) -> None:
        """Reads the user's scopes once for a run of mutations."""
        self._remembered = self._journal.user_scopes(self._user)

    def moved(self) -> bool:
        """Whether the user's scopes are no longer those remembered."""
        return self._remembered != self._journal.user_scopes(self._user)

    def forget(self) -> None:
        """The run is over."""
        self._remembered = None

    def sight(self, row: JournalRow, m: Mutation) -> Sight:
        """Whether the mutation may touch the row."""
        memberships = self._journal.user_scopes(self._user) if self._remembered is None else self._remembered
        if row.scopes & {s.scope for s in memberships if s.seq_out is None}:
            return Sight.now
        if m.held_cookie is None:
            return Sight.never
        cookie = self._held_cookie(m.held_cookie, m.first.epoch if m.first else self._bearer.epoch)
        if cookie is None or cookie.generation != self._journal.generation()[-12:]:
            return Sight.never  # its number is of another sequence
        if self._received_ms // 1000 - cookie.issued_s > GRACE_S:
            return Sight.never
        held = self._journal.user_scopes_at(self._user, cookie.seq)
        then = self._journal.scopes_at(row.t, row.id, cookie.seq) & held
        return Sight.late if then else Sight.never

    def _held_cookie(self, token: str, queued: int) -> Cookie | None:
        """The cookie held when the work was done: of the epoch in which it was first queued, or of one just before."""
        epochs = (newest - back for newest in {self._bearer.epoch, queued} for back in range(EPOCHS_BACK))
        for epoch in dict.fromkeys(epochs):
            try:
                return self._signer.read_cookie(token, replace(self._bearer, epoch=epoch))
            except CookieInvalid:
                continue
        return None
