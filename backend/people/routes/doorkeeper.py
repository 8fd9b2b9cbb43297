"""What stands before signing in: how often one may try, and how many passwords are hashed at once."""

import threading
from collections.abc import Callable
from typing import TypeVar

import anyio
import anyio.to_thread
from fastapi import FastAPI, Request
from fastapi.concurrency import run_in_threadpool
from limits import RateLimitItemPerMinute

from backend.kernel.errors import Busy
from backend.kernel.knocks import Knocks, network_of
from backend.kernel.settings import Settings
from backend.people.actions import Checked
from backend.people.firebase import FirebaseUser, IdTokens, id_tokens
from backend.people.passwords import Passwords

T = TypeVar("T")
HASHES_WAITING_MAX = 200
"""More people than this do not wait for a hash; they are told to come again."""
TRIES_PER_PHONE_PER_MINUTE = 20
_making = threading.Lock()


class Doorkeeper:
    """Limits of one process, shared by its requests."""

    def __init__(self, settings: Settings, firebase: IdTokens | None = None) -> None:
        self.passwords = Passwords(settings)
        self.firebase = firebase or id_tokens(settings)
        self._hashing = anyio.CapacityLimiter(settings.argon2_at_once)
        self._asking = anyio.CapacityLimiter(8)
        self._knocks = Knocks()
        self._per_address = RateLimitItemPerMinute(settings.sign_ins_per_minute)
        self._per_phone = RateLimitItemPerMinute(max(TRIES_PER_PHONE_PER_MINUTE, 2 * settings.sign_in_tries_max))

    def admit(self, address: str, phone: str | None = None) -> None:
        """Counts a try; refuses with request.too_many when there were too many of late."""
        self._knocks.admit(self._per_address, "address", network_of(address))
        if phone is not None:
            self._knocks.admit(self._per_phone, "phone", phone)

    def forgive(self, phone: str) -> None:
        """The phone's owner is here: what was tried on it before no longer counts."""
        self._knocks.forget(self._per_phone, "phone", phone)

    async def check(self, password: str, kept: str | None) -> Checked:
        """Holds a password against a kept hash, or against nobody's in the same time."""
        right, renewed = await self._in_turn(lambda: self.passwords.check(password, kept))
        return Checked(right, kept, renewed)

    async def hash(self, password: str) -> str:
        """The hash of a new password."""
        return await self._in_turn(lambda: self.passwords.hash(password))

    async def whose(self, id_token: str) -> FirebaseUser:
        """Who a Firebase ID token speaks for; may ask Google for its certificates."""
        return await anyio.to_thread.run_sync(self.firebase.verify, id_token, limiter=self._asking)

    async def _in_turn(self, work: Callable[[], T]) -> T:
        if self._hashing.statistics().tasks_waiting >= HASHES_WAITING_MAX:
            raise Busy("too many are signing in at once")
        return await anyio.to_thread.run_sync(work, limiter=self._hashing)


async def doorkeeper_of(request: Request) -> Doorkeeper:
    """The doorkeeper of the app that the request came to; made at the first knock."""
    known: Doorkeeper | None = getattr(request.app.state, "doorkeeper", None)
    return known if known is not None else await run_in_threadpool(_made, request.app)


def _made(app: FastAPI) -> Doorkeeper:
    with _making:
        if not hasattr(app.state, "doorkeeper"):
            app.state.doorkeeper = Doorkeeper(app.state.house.settings)
        made: Doorkeeper = app.state.doorkeeper
        return made
