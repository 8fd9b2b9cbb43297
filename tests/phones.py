"""Real handsets for tests: the reference machine with its SQLite store, driven over the app's own doors."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fastapi.testclient import TestClient

from backend.kernel.clock import SetClock, to_ms
from backend.kernel.ids import new_id
from mobile_contract.version import CONTRACT
from sync.handset.client import DRAIN_PATH, Handset, Request
from sync.handset.replica import Policies
from sync.handset.store import SqliteStore
from sync.kinds import Registry

REQUESTS_PER_RUN_MAX = 300
EXPIRED = "auth.token_expired"


@dataclass
class PhoneTime:
    """A phone's clocks: the true time plus an error of its own, that somebody may set by hand."""

    true: SetClock
    error_ms: int = 0
    boot_id: str = field(default_factory=new_id)

    def wall_ms(self) -> int:
        return to_ms(self.true.now()) + self.error_ms

    def mono_ms(self) -> int | None:
        return int(self.true.monotonic_s() * 1000)

    def boot(self) -> str | None:
        return self.boot_id

    def reboot(self) -> None:
        """Switches the phone off and on: its monotonic clock means nothing for what was done before."""
        self.boot_id = new_id()


class Phone:
    """An enrolled handset with one person signed in.

    Its network fails as a test wishes: `lose_answers` of the next requests act and are not heard of; `cut` changes the
    bytes of an answer on their way.
    """

    def __init__(self, client: TestClient, folder: Path, time: PhoneTime, registry: Registry) -> None:
        self.client = client
        self.time = time
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.store = SqliteStore(folder / "handset.db")
        self.policies = Policies(registry.policies())
        self.token = ""
        self.secret = ""
        self.requests: list[Request] = []
        self.answers: list[tuple[int, bytes]] = []
        self.lose_answers = 0
        self.cut: Callable[[bytes], bytes] | None = None
        self.hs: Handset
        self._who: tuple[str, str] | None = None

    # -- names --------------------------------------------------------------------------------------------------------

    @property
    def device_id(self) -> str:
        """The id the server gave this phone."""
        return str(self.store.get("device_id"))

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    # -- at the desk --------------------------------------------------------------------------------------------------

    def enrol(self, payload: str) -> None:
        """Scans an invitation."""
        answer = self.client.post("/handsets/v1/enrol", json={"token": payload, "model": "test", "app": "test"})
        assert answer.status_code == 201, answer.text
        said = answer.json()
        self.secret = said["device_secret"]
        self.store.put("device_id", said["device_id"])
        self.store.put("epoch", said["epoch"])

    def sign_in(self, phone: str, password: str) -> None:
        """A person takes the phone; whoever had it before leaves their queue in it."""
        self._who = (phone, password)
        person_id = self._fresh_token()
        self.client.post("/people/v1/me/consent", json={"version": 1}, headers=self.headers)
        self.hs = Handset(self.store, self.time, self.policies, CONTRACT, person_id, packs=True)

    def _fresh_token(self) -> str:
        assert self._who is not None
        body = {"phone": self._who[0], "password": self._who[1]}
        body |= {"device_id": self.device_id, "device_secret": self.secret}
        answer = self.client.post("/auth/v1/sign-in", json=body)
        assert answer.status_code == 200, answer.text
        said = answer.json()
        self.token = said["access_token"]
        return str(said["person"]["id"])

    def renew_epoch(self) -> None:
        """Asks for a new epoch, as after a reinstall."""
        path = f"/handsets/v1/devices/{self.device_id}/epoch"
        answer = self.client.post(path, json={"device_secret": self.secret})
        assert answer.status_code == 200, answer.text
        self.hs.renew(answer.json()["epoch"])

    # -- runs ---------------------------------------------------------------------------------------------------------

    def sync(self, *, pull: bool = True, drain: bool = False) -> None:
        """A whole run."""
        self.hs.begin(pull=pull, drain=drain)
        for _ in range(REQUESTS_PER_RUN_MAX):
            request = self.hs.next_request()
            if request is None:
                return
            self.requests.append(request)
            status, body = self._send(request)
            if self.lose_answers > 0:
                self.lose_answers -= 1
                self.hs.failed(request)
                continue
            self.answers.append((status, body))
            self.hs.receive(request, status, self.cut(body) if self.cut else body, rtt_ms=20)
        raise AssertionError("the run never ended")

    def _send(self, request: Request) -> tuple[int, bytes]:
        answer = self._post(request)
        if answer.status_code == 401 and answer.json().get("code") == EXPIRED:
            self._fresh_token()
            answer = self._post(request)
        return answer.status_code, answer.content

    def _post(self, request: Request) -> Any:
        right = {"Device-Secret": self.secret} if request.path == DRAIN_PATH else self.headers
        headers = {**right, **request.headers, "Content-Type": "application/json"}
        return self.client.request(request.method, request.path, content=request.body, headers=headers)

    # -- what it shows ------------------------------------------------------------------------------------------------

    def results(self) -> dict[int, Any]:
        """What became of each mutation still remembered."""
        return {entry.n: entry.result for entry in self.hs.done()}

    def outcome(self, n: int) -> str:
        """What became of one mutation: `applied`, `conflict`, …"""
        result = self.results()[n]
        return str(result["r"]) if result else "waiting"

    def why(self, n: int) -> str:
        """The code of the reason why a mutation did not simply go."""
        return str(self.results()[n]["why"]["code"])

    def row(self, t: str, row_id: str) -> dict[str, Any] | None:
        """A row as the server last sent it; None when the phone does not hold it."""
        found = self.store.row(self.hs.user, t, row_id)
        return found.data() if found else None

    def ids(self, t: str) -> set[str]:
        """The ids of the rows of a kind."""
        return {row.id for row in self.store.rows(self.hs.user, t)}

    def body(self, t: str) -> list[dict[str, Any]]:
        """The rows of a kind."""
        return [row.data() for row in self.store.rows(self.hs.user, t)]
