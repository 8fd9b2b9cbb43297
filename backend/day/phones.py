"""The phones of the day: each with its network, its people, and a memory of everything that was done on it."""

import io
import random
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from PIL import Image

from backend.day.clock import DayClock, PhoneClock
from backend.day.network import BadNetwork, Traffic
from backend.day.office import Team, Worker
from backend.drive import crew
from backend.drive.network import Problem, Unreachable
from backend.drive.phone import Phone, invitation
from backend.kernel.ids import new_id
from qr.decode import decode
from qr.payload import PayloadError, cylinder_key, parse
from qr.render import image, symbol
from sync.handset.client import Handset, Needs
from sync.handset.outbox import Entry

PHOTO_SIDE_PX = 480
PHOTO_QUALITY = 92
TRIES_MAX = 3
SYNC_WITHIN_S = 180.0
PAUSE_S = 0.3
BAD_TURNS = 4
"""Runs that failed, after which the network is no longer bad by chance."""


@dataclass(slots=True)
class Deed:
    """Something that was done on a phone, and what the phone remembers of it."""

    what: str
    """`punch`, `scan`, `edit` or `act`."""
    act: str
    row_id: str
    epoch: int
    user: str
    n: int
    at_ms: int
    """The true moment, whatever the phone's wall clock said."""
    said: dict[str, Any]
    photos: list[str] = field(default_factory=list)
    outcome: dict[str, Any] | None = None


@dataclass(slots=True)
class Tally:
    """What a phone's runs came to."""

    pushes: int = 0
    photos: int = 0
    off_line: int = 0
    runs: int = 0


class DayPhone:
    """One phone of the day."""

    def __init__(
        self, folder: Path, day: DayClock, traffic: Traffic, team: Team, chance: random.Random, ca: Path | None
    ) -> None:
        self.team = team
        self.chance = chance
        self.clock = PhoneClock(day, new_id())
        self.network = BadNetwork(random.Random(chance.random()), traffic, ca)  # noqa: S311 - a play, not a secret
        self.phone = Phone(folder, time=self.clock, transport=self.network)
        self.folder = folder
        self.people: dict[str, Worker] = {}
        self.deeds: list[Deed] = []
        self.story: list[str] = []
        self.tally = Tally()
        self.device = ""
        self.wiped = False
        self._password = ""

    @property
    def name(self) -> str:
        """Its people."""
        return "、".join(worker.name for worker in self.people.values())

    # -- in the morning -------------------------------------------------------------------------------------------

    def enrol(self, server: str, payload: str, ca: Path | None, *, by_picture: bool) -> None:
        """By the invitation's code: its token, or a picture of it."""
        if by_picture:
            read = invitation(photo_of(payload, self.chance))
            assert read is not None, "the invitation could not be read from its picture"
            payload = read[1]
        self.phone.enrol(server, payload, ca)
        self.phone.network.tries_max = TRIES_MAX
        self.device = str(self.phone.store.get("device_id"))

    def sign_in(self, worker: Worker, password: str) -> None:
        """Puts the phone into somebody's hands for the first time today."""
        self.people[worker.id] = worker
        self._password = password
        person = self.phone.sign_in(worker.phone, password)
        if person["consent_due"]:
            self.phone.accept_notice(int(self.phone.notice()["version"]))

    # -- work, off line -------------------------------------------------------------------------------------------

    def clock_in(self, direction: str, *, away_m: float = 0.0, fix: bool = True) -> None:
        """At the team's meeting place, or that far from it."""
        where = {
            "longitude": round(self.team.longitude + self.chance.uniform(-2e-4, 2e-4) + away_m / 102_000, 6),
            "latitude": round(self.team.latitude + self.chance.uniform(-2e-4, 2e-4), 6),
            "accuracy_m": round(self.chance.uniform(5, 15), 1),
            "age_s": 3.0,
        }
        done = crew.clock_in(self.phone, direction=direction, fix=where if fix else None)
        self._remember("punch", direction, done)

    def act(self, order_id: str, act: str, *, photo: bool = False) -> None:
        """Starts, pauses, resumes or finishes an order."""
        photos = [self.phone.uploads().keep(photo_bytes(self.chance), "photo.jpg")] if photo else []
        done = crew.work(self.phone, order_id, act, photos=photos)
        self._remember("act", act, done, photos=photos)

    def write(self, order_id: str, name: str, text: str) -> None:
        """Edits a register of an order."""
        self._remember("edit", name, crew.edit_order(self.phone, order_id, **{name: text}), {name: text})

    def scan(self, code: str, step: str, account: str = "") -> None:
        """Scans a cylinder: its label is drawn, photographed, and read from the photo."""
        read = decode(photo_of(code, self.chance))
        assert [found.text for found in read] == [code], f"the label was not read: {code}"
        station = "ST01" if step in ("load", "unload") else ""
        done = crew.scan(self.phone, read[0].text, step, account=account, station=station)
        listed = cylinder_of(code) is not None
        self._remember("scan", step, done, {"code": code, "light": done.answer.light.value, "listed": listed})

    def _remember(
        self, what: str, act: str, done: crew.Done, said: dict[str, Any] | None = None, photos: list[str] | None = None
    ) -> None:
        machine, at_ms = self.phone.handset(), self.clock.mono_ms()
        assert at_ms is not None
        deed = Deed(what, act, done.row_id, machine.epoch, machine.user, done.n, at_ms, said or {}, photos or [])
        self.deeds.append(deed)

    # -- talking --------------------------------------------------------------------------------------------------

    def sync(self) -> bool:
        """One run for everybody on the phone; whether nothing is left to do."""
        self.clock.sending = True
        try:
            return self._sync()
        except (Unreachable, Problem):
            self.tally.off_line += 1
            self.wiped = not self.phone.enrolled
            return self.wiped
        finally:
            self.clock.sending = False

    def _sync(self) -> bool:
        hands = self.phone.store.get("user")
        for user, worker in self.people.items():
            if user not in self.phone.people() or self.phone.handset(user).needs is Needs.sign_in:
                self.phone.sign_in(worker.phone, self._password)
                self.phone.store.put("user", hands)
        runs = self.phone.sync()
        self.tally.runs += 1
        self.tally.pushes += sum(run.pushed for run in runs)
        self.tally.photos += sum(run.photos for run in runs)
        self.tally.off_line += any(run.offline for run in runs)
        if not self.phone.enrolled:
            self.wiped = True
            return True
        self.gather_outcomes()
        return not any(run.offline or run.problem for run in runs) and self.settled()

    def settled(self) -> bool:
        """Whether all is sent and answered, the photos too, and the digests agree."""
        return all(
            self.phone.handset(user).standing().synced and not self.phone.uploads(user).waiting()
            for user in self.people
        )

    def sync_until_settled(self) -> None:
        """Tries again and again, as a phone does while it has some network. Raises TimeoutError."""
        until_s, turns = time.monotonic() + SYNC_WITHIN_S, 0
        while not self.sync():
            turns += 1
            if turns >= BAD_TURNS:
                self.network.rate = 0.0
            if time.monotonic() > until_s:
                raise TimeoutError(f"{self.name}: not settled, {self.unsettled()}")
            time.sleep(PAUSE_S)

    def unsettled(self) -> str:
        """What is not as it should be, in a line."""
        machines = {user: self.phone.handset(user) for user in self.people}
        return "; ".join(f"{m.standing()} drifted {m.drifted()}" for m in machines.values())

    # -- in the evening -------------------------------------------------------------------------------------------

    def gather_outcomes(self) -> None:
        """What the server answered to each deed, from the phone's own memory; a wiped phone remembers nothing new."""
        if self.wiped:
            return
        entries: dict[tuple[str, int, int], Entry] = {
            (user, entry.epoch, entry.n): entry for user in self.people for entry in self.machine(user).done()
        }
        for deed in self.deeds:
            entry = entries.get((deed.user, deed.epoch, deed.n))
            if entry is not None and entry.result is not None:
                deed.outcome = entry.result

    def machine(self, user: str) -> Handset:
        """The handset machine of one of its people."""
        return self.phone.handset(user)

    def counts(self) -> Counter[str]:
        """How many deeds came to each result; `drained` for those of a phone that was revoked."""
        return Counter(
            str((deed.outcome or {}).get("r", "drained" if self.wiped else "unanswered")) for deed in self.deeds
        )


def cylinder_of(label: str) -> str | None:
    """The cylinder that a label names; None for a label that names none."""
    try:
        return cylinder_key(parse(label))
    except PayloadError:
        return None


# -- pictures -----------------------------------------------------------------------------------------------------


def photo_bytes(chance: random.Random) -> bytes:
    """A JPEG that no other photo is like, of a few hundred kilobytes: several pieces of an upload."""
    side = PHOTO_SIDE_PX
    picture = Image.frombytes("RGB", (side, side), chance.randbytes(side * side * 3))
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=PHOTO_QUALITY)
    return out.getvalue()


def photo_of(text: str, chance: random.Random) -> bytes:
    """A photo of a printed code: a little turned, on grey ground, as JPEG."""
    drawn = image(symbol(text), module_px=6)
    turned = drawn.rotate(chance.uniform(-8, 8), Image.Resampling.BICUBIC, expand=True, fillcolor=200)
    ground = Image.new("L", (turned.width + 80, turned.height + 60), 170)
    ground.paste(turned, (chance.randrange(80), chance.randrange(60)))
    out = io.BytesIO()
    ground.save(out, "JPEG", quality=80)
    return out.getvalue()
