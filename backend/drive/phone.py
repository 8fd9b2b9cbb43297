"""A phone: the reference handset in a folder, its people, and the server it was enrolled at."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
import orjson

from backend.drive.clock import PhoneTime
from backend.drive.network import BUSY, PAUSE_MAX_S, Answer, Network, Problem, Unreachable, pause_s
from backend.drive.policies import published_policies
from backend.drive.uploads import Uploads, tus_headers
from backend.drive.wiping import is_genuine
from mobile_contract.version import CONTRACT
from qr.decode import decode
from qr.payload import Enrolment, PayloadError, parse
from sync.handset.client import DRAIN_PATH, PULL_PATH, PUSH_PATH, Handset, Needs, PhoneClock, Request
from sync.handset.replica import Policies
from sync.handset.store import SqliteStore

REQUESTS_PER_RUN_MAX = 20_000
RENEWALS_MAX = 3
APP = "gridcrew reference handset"
ENDED_FOR_GOOD = ("revoked", "lost")


class NotEnrolled(Exception):
    """This folder is no enrolled handset yet."""


class NobodySignedIn(Exception):
    """Nobody is signed in on this handset."""


@dataclass(slots=True)
class Run:
    """What a run did, for one person."""

    user: str
    pushed: int = 0
    """Pushes sent."""
    photos: int = 0
    refused: list[tuple[str, Problem]] = field(default_factory=list)
    """(name, why) of photos that the server does not take; they are not sent again."""
    pack_bytes: int = 0
    """Fetched of packs, on a first fill."""
    mended: int = 0
    """Rows that a repair brought or took."""
    offline: bool = False
    wiped: bool = False
    problem: Problem | None = None
    results: dict[str, int] = field(default_factory=dict)
    """How many mutations came to each result, in this run."""


class Phone:
    """One handset. Everything but `enrol`, `sign_in` and `sync` works without a network."""

    def __init__(
        self,
        folder: Path,
        *,
        time: PhoneClock | None = None,
        policies: Policies | None = None,
        transport: httpx2.BaseTransport | None = None,
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.folder = folder
        self.store = SqliteStore(folder / "handset.db")
        self.time = time or PhoneTime()
        self._policies = policies
        self._transport = transport
        self._network: Network | None = None
        self._network_of = ""
        self._handsets: dict[str, Handset] = {}

    def close(self) -> None:
        """Lets go of the file and the connections."""
        if self._network is not None:
            self._network.close()
        self.store.close()

    # -- who and where --------------------------------------------------------------------------------------------

    @property
    def enrolled(self) -> bool:
        """Whether a server knows this phone."""
        return self.store.get("device_id") is not None

    @property
    def network(self) -> Network:
        """The way to the server this phone was enrolled at."""
        server = self.store.get("server")
        if server is None:
            raise NotEnrolled
        if self._network is None or self._network_of != server:
            ca = self.store.get("ca")
            self._network = Network(server, Path(ca) if ca else None, transport=self._transport)
            self._network_of = server
        return self._network

    def people(self) -> dict[str, dict[str, Any]]:
        """Who is signed in here: {person id: {name, access_token, refresh_token}}."""
        return dict(self.store.get("people") or {})

    @property
    def user(self) -> str:
        """Whose hands the phone is in; raises NotEnrolled or NobodySignedIn."""
        if not self.enrolled:
            raise NotEnrolled
        user = self.store.get("user")
        if user is None:
            raise NobodySignedIn
        return str(user)

    def handset(self, user: str | None = None) -> Handset:
        """The machine, for one person."""
        user = user or self.user
        if user not in self._handsets:
            policies = self._policies or published_policies()
            self._handsets[user] = Handset(self.store, self.time, policies, CONTRACT, user, packs=True)
        return self._handsets[user]

    def uploads(self, user: str | None = None) -> Uploads:
        """The photos of one person that are to be sent."""
        return Uploads(self.store, self.folder, user or self.user)

    # -- enrolling and signing in ---------------------------------------------------------------------------------

    def enrol(self, server: str, token: str, ca: Path | None = None, model: str = "reference") -> None:
        """Presents an invitation; raises Problem or Unreachable. A phone that was enrolled before starts anew."""
        network = Network(server, ca, transport=self._transport)
        try:
            said = network.ask("POST", "/handsets/v1/enrol", {"token": token, "model": model, "app": APP})
        except (Problem, Unreachable):
            network.close()
            raise
        self.store.wipe()
        self._handsets.clear()
        with self.store.transaction():
            for key in ("device_id", "device_secret", "epoch", "wipe_key"):
                self.store.put(key, said[key])
            self.store.put("server", network.base_url)
            self.store.put("ca", str(ca.resolve()) if ca else None)
        if self._network is not None:
            self._network.close()
        self._network, self._network_of = network, network.base_url

    def sign_in(self, phone: str, password: str) -> dict[str, Any]:
        """Puts the phone into somebody's hands; gives the person, as the server tells of them.

        Raises Problem. When the phone itself is refused, what it holds is handed in and it is wiped.
        """
        body = {
            "phone": phone,
            "password": password,
            "device_id": self.store.get("device_id"),
            "device_secret": self.store.get("device_secret"),
        }
        try:
            said = self.network.ask("POST", "/auth/v1/sign-in", body)
        except Problem as problem:
            if problem.code == "handsets.device_refused":
                self._drain()
            raise
        person: dict[str, Any] = said["person"]
        self._keep_tokens(person["id"], person["name"], said)
        self.store.put("user", person["id"])
        handset = self.handset(person["id"])
        if handset.needs is Needs.sign_in:
            handset.needs = None
        return person

    def notice(self) -> dict[str, Any]:
        """The privacy notice in force: {version, zh, en}."""
        said: dict[str, Any] = self.ask("GET", "/people/v1/notice")
        return said

    def accept_notice(self, version: int) -> None:
        """Says that the person in whose hands the phone is has read and accepted the notice."""
        self.ask("POST", "/people/v1/me/consent", {"version": version})
        handset = self.handset()
        if handset.needs is Needs.consent:
            handset.needs = None

    def switch_to(self, user: str) -> None:
        """Gives the phone to another who is signed in here."""
        if user not in self.people():
            raise NobodySignedIn
        self.store.put("user", user)

    def ask(self, method: str, path: str, said: Any = None, user: str | None = None) -> Any:
        """A question in JSON as the person; a run-out token is renewed. Raises Problem or Unreachable."""
        answer = self._as(user or self.user, method, path, None if said is None else orjson.dumps(said))
        if answer.status >= 400:
            raise answer.problem()
        return answer.json()

    def _keep_tokens(self, user: str, name: str, said: Mapping[str, Any]) -> None:
        kept = {"name": name, "access_token": said["access_token"], "refresh_token": said["refresh_token"]}
        self.store.put("people", self.people() | {user: kept})

    def _as(
        self,
        user: str,
        method: str,
        path: str,
        body: bytes | None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Sends as the person; one answer of 401 is met by renewing the token and sending again."""
        token = str(self.people()[user]["access_token"])
        answer = self.network.send(method, path, body, token=token, headers=headers)
        if answer.status != 401 or _ended_for_good(answer.problem()):
            return answer
        refused = self.refresh(user)
        if refused is not None:
            return refused if _ended_for_good(refused.problem()) else answer
        token = str(self.people()[user]["access_token"])
        return self.network.send(method, path, body, token=token, headers=headers)

    def refresh(self, user: str) -> Answer | None:
        """Renews the tokens; gives the refusal when there are none. A lost answer is asked for again."""
        kept = self.people()[user]
        asked = orjson.dumps({"refresh_token": kept["refresh_token"]})
        answer = self.network.send("POST", "/auth/v1/refresh", asked)
        if answer.status != 200:
            return answer
        self._keep_tokens(user, str(kept["name"]), answer.json())
        return None

    # -- the run --------------------------------------------------------------------------------------------------

    def sync(self, *, photos: bool = True, pull: bool = True) -> list[Run]:
        """Sends and fetches for everybody who is signed in here, each as themselves; never raises for a bad network."""
        runs = []
        self.send_receipt()
        for user in self.people():
            if self.enrolled:  # what one person's run was told may have wiped the phone
                runs.append(self._sync_one(user, photos=photos, pull=pull))  # noqa: PERF401 - looked at each turn
        return [*runs, *self._drain()] if self.enrolled and any(run.wiped for run in runs) else runs

    def _sync_one(self, user: str, *, photos: bool, pull: bool) -> Run:
        run, handset = Run(user), self.handset(user)
        if handset.needs in (Needs.sign_in, Needs.upgrade):
            handset.needs = None  # asked anew: the server may have changed its mind
        try:
            self._run(handset, run, pull=pull, drain=False)
            if photos and not run.wiped and not run.offline and handset.needs is None:
                uploads = self.uploads(user)
                run.refused = uploads.refused
                run.photos = uploads.send_all(self.network, self._tus(user))
                if run.photos and pull:
                    self._run(handset, run, pull=True, drain=False)
        except Unreachable:
            run.offline = True
        except Problem as problem:
            run.problem = problem
        run.wiped = run.wiped or handset.needs is Needs.wiped
        return run

    def _tus(self, user: str) -> "_Tus":
        return _Tus(self, user)

    def _run(self, handset: Handset, run: Run, *, pull: bool, drain: bool) -> None:
        before = {entry.n for entry in handset.done() if entry.result is not None}
        handset.begin(pull=pull, drain=drain)
        exchange = _Exchange(self, handset, run)
        renewals = 0
        for _ in range(REQUESTS_PER_RUN_MAX):
            request = handset.next_request()
            if request is not None:
                exchange.try_once(request)
                if run.wiped and not drain:
                    break
            elif handset.needs is Needs.epoch and renewals < RENEWALS_MAX:
                renewals += 1
                self._renew_epoch(handset)
                handset.begin(pull=pull, drain=drain)
            else:
                break
        for entry in handset.done() if self.enrolled else ():
            if entry.result is not None and entry.n not in before:
                said = str(entry.result.get("r"))
                run.results[said] = run.results.get(said, 0) + 1

    def send(self, request: Request) -> Answer:
        """Sends a request of the machine, once, as its user or by the phone's own right. Raises Unreachable."""
        if request.path == DRAIN_PATH:
            who: dict[str, str] = {"device-secret": str(self.store.get("device_secret"))}
        else:
            who = {"authorization": f"Bearer {self.people()[request.user]['access_token']}"}
        body = request.body if request.method == "POST" else None
        headers = who | dict(request.headers)
        return self.network.once(request.method, request.path, body, headers=headers, pack=request.path != PULL_PATH)

    def _renew_epoch(self, handset: Handset) -> None:
        device = str(self.store.get("device_id"))
        secret = {"device_secret": self.store.get("device_secret")}
        said = self.network.ask("POST", f"/handsets/v1/devices/{device}/epoch", secret)
        handset.renew(int(said["epoch"]))

    def _drain(self) -> list[Run]:
        """The phone was revoked or lost: what everybody's queues still hold goes to the desk, then it is wiped."""
        runs = []
        for user in dict.fromkeys([*self.people(), *self.store.waiting_users()]):
            run = Run(user, wiped=True)
            runs.append(run)
            try:
                self._run(self.handset(user), run, pull=False, drain=True)
            except (Unreachable, Problem):
                run.offline = True
        if self.enrolled and not self.store.waiting_users():
            self._wipe()
        return runs

    def _wipe(self) -> None:
        """By an order of this phone's own server alone; the receipt is kept until it is heard."""
        device = str(self.store.get("device_id"))
        secret = {"device_secret": self.store.get("device_secret")}
        try:
            order = self.network.ask("POST", f"/handsets/v1/devices/{device}/wipe-order", secret)
        except (Unreachable, Problem):
            return  # asked again at the next run
        if not is_genuine(order, str(self.store.get("wipe_key")), device):
            return
        kept = {"server": self.store.get("server"), "ca": self.store.get("ca"), "order": order}
        if not self.store.end(kept):
            return  # something was done while the order was under way
        self._handsets.clear()
        self.send_receipt()

    def send_receipt(self) -> bool:
        """Says that this phone has wiped itself; whether there was anything to say and it was heard."""
        kept = self.store.get("receipt")
        if kept is None:
            return False
        network = Network(kept["server"], Path(kept["ca"]) if kept["ca"] else None, transport=self._transport)
        try:
            network.ask("POST", "/handsets/v1/wiped", kept["order"])
        except (Unreachable, Problem):
            return False
        finally:
            network.close()
        self.store.put("receipt", None)
        return True


class _Exchange:
    """Sends what the machine asks for. What did not go is asked of it anew: a push says what the clocks show now."""

    def __init__(self, phone: Phone, handset: Handset, run: Run) -> None:
        self._phone = phone
        self._handset = handset
        self._run = run
        self._tries = 0
        self._refreshed = False

    def try_once(self, request: Request) -> None:
        """One request and its answer, or one try less."""
        self._run.pushed += request.path in (PUSH_PATH, DRAIN_PATH)
        try:
            answer: Answer | None = self._phone.send(request)
            assert answer is not None
            if answer.status == 401 and request.path != DRAIN_PATH and not _ended_for_good(answer.problem()):
                answer = self._renew_token(request.user, answer)
        except Unreachable:
            self._again_or_fail(request, None)
            return
        if answer is None:
            return
        if answer.status in BUSY and pause_s(answer, 1) <= PAUSE_MAX_S:
            self._again_or_fail(request, answer)
            return
        self._tries = 0
        # A pull that goes well does not make a refused push good; only a push does.
        if answer.status >= 400 or request.path in (PUSH_PATH, DRAIN_PATH):
            self._run.problem = answer.problem() if answer.status >= 400 else None
        if self._run.problem is not None and _ended_for_good(self._run.problem):
            self._run.wiped = True
            return
        if request.method == "GET" and answer.status < 300:
            self._run.pack_bytes += len(answer.body)
        self._handset.receive(request, answer.status, answer.body, answer.rtt_ms)
        self._run.mended = self._handset.mended_rows

    def _renew_token(self, user: str, answer: Answer) -> Answer | None:
        """None when there is a new token to try with; otherwise the answer that stands."""
        if self._refreshed:
            return answer
        refused = self._phone.refresh(user)
        self._refreshed = True
        if refused is None:
            return None
        return refused if _ended_for_good(refused.problem()) else answer

    def _again_or_fail(self, request: Request, answer: Answer | None) -> None:
        self._tries += 1
        if self._tries < self._phone.network.tries_max:
            self._phone.network.pause(self._tries, answer)
            return
        self._tries, self._run.offline = 0, True
        self._handset.failed(request)


class _Tus:
    """Sends tus requests as one person."""

    def __init__(self, phone: Phone, user: str) -> None:
        self._phone = phone
        self._user = user

    def __call__(self, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> Answer:
        return self._phone._as(self._user, method, path, body, tus_headers(headers))


def _ended_for_good(problem: Problem) -> bool:
    return problem.code == "auth.session_ended" and problem.params.get("why") in ENDED_FOR_GOOD


def invitation(picture: bytes) -> tuple[str, str] | None:
    """(server, token) of the first enrolment code in a photo; None when there is none. Raises qr.decode.DecodeError."""
    for found in decode(picture):
        try:
            said = parse(found.text)
        except PayloadError:
            continue
        if isinstance(said, Enrolment):
            return said.origin, said.token
    return None
