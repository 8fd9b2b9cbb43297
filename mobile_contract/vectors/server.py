"""Holds a server against the talks, as one enrolled handset with one person signed in."""

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from mobile_contract.vectors import Case
from mobile_contract.vectors.patterns import Differs, compare, filled

Send = Callable[[str, str, Any, dict[str, str]], tuple[int, bytes]]
"""(method, path, JSON body or None, headers) -> (status, body)."""
STRANGER = "0199b3a0-0000-7000-8000-00000000ffff"


@dataclass(frozen=True, slots=True)
class Verdict:
    """How one example came out. `fault` None: well. `skipped`: it could not be played here, and why."""

    about: str
    fault: str | None = None
    skipped: str | None = None


@dataclass
class Guest:
    """An enrolled handset with somebody signed in, at the server that is being held."""

    send: Send
    device: str
    secret: str
    user: str
    token: str
    last: Any = None
    known: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def arrive(cls, send: Send, invite: str, phone: str, password: str) -> "Guest":
        """Enrols with an invitation, signs in, accepts the notice. Raises Differs when the server will not have it."""
        enrolled = _ask(send, "POST", "/handsets/v1/enrol", {"token": invite, "model": "vectors", "app": "vectors"})
        names = {"device_id": enrolled["device_id"], "device_secret": enrolled["device_secret"]}
        said = _ask(send, "POST", "/auth/v1/sign-in", {"phone": phone, "password": password, **names})
        guest = cls(send, names["device_id"], names["device_secret"], said["person"]["id"], said["access_token"])
        if said["person"].get("consent_due"):
            notice = _ask(send, "GET", "/people/v1/notice", None, guest.headers)
            _ask(send, "POST", "/people/v1/me/consent", {"version": notice["version"]}, guest.headers)
        return guest

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    def play(self, talk: Case) -> Verdict:
        """One talk, in an epoch of its own."""
        try:
            self._begin(talk)
            for at, step in enumerate(talk["steps"], 1):
                try:
                    self._step(step)
                except Differs as fault:
                    if at == 1 and "needs" in talk:
                        return Verdict(talk["about"], skipped=f"this person has no {talk['needs']}")
                    return Verdict(talk["about"], f"step {at}{fault}")
        except Differs as fault:
            return Verdict(talk["about"], f"before it began{fault}")
        return Verdict(talk["about"])

    def _begin(self, talk: Case) -> None:
        path = f"/handsets/v1/devices/{self.device}/epoch"
        epoch = _ask(self.send, "POST", path, {"device_secret": self.secret})["epoch"]
        now_ms = _ask(self.send, "GET", "/sync/v1/hello", None)["server_ms"]
        self.known = {"device": self.device, "user": self.user, "stranger": STRANGER, "epoch": epoch}
        self.known |= {"secret": self.secret}
        self.known |= {"server_ms": now_ms}
        self.known |= {name: _minted(now_ms, self.device, str(epoch), name) for name in talk["fresh"]}

    def _step(self, step: Case) -> None:
        expect, send = step["expect"], filled(step["send"], self.known)
        headers = self.headers | send.get("headers", {})
        status, body = self.send(send.get("method", "POST"), send["path"], send["body"], headers)
        if status != expect["status"]:
            raise Differs(f": {expect['status']} is wanted, {status} is said: {body[:300]!r}")
        said = self._read(body, frames="frames" in expect)
        for name in expect.get("like_before", ()):
            if said.get(name) != self.last.get(name):
                raise Differs(f".{name}: {self.last.get(name)!r} was said before, now {said.get(name)!r}")
        compare(expect.get("frames", expect.get("body", {})), said, self.known)
        self.last = said

    def _read(self, body: bytes, *, frames: bool) -> Any:
        try:
            pages = [json.loads(line) for line in body.splitlines()] if frames else json.loads(body)
        except ValueError:
            raise Differs(f": no JSON is said: {body[:200]!r}") from None
        while frames and pages and pages[-1].get("f") == "more":
            asked = {"device": self.device, "epoch": self.known["epoch"], "schema": 1, "page": pages.pop()["page"]}
            _, more = self.send("POST", "/sync/v1/pull", asked, self.headers)
            pages += [json.loads(line) for line in more.splitlines()]
        return pages


def played(guest: Guest, talks: list[Case]) -> Iterator[Verdict]:
    """How each talk came out."""
    return (guest.play(talk) for talk in talks)


def _ask(send: Send, method: str, path: str, said: Any, headers: dict[str, str] | None = None) -> Any:
    status, body = send(method, path, said, headers or {})
    if status >= 300:
        raise Differs(f": {method} {path} is answered with {status}: {body[:300]!r}")
    return json.loads(body)


def _minted(now_ms: int, *names: str) -> str:
    """A UUIDv7 of the server's present, made of names: this runner has no dice."""
    made = hashlib.sha256("/".join(names).encode()).hexdigest()
    head = f"{now_ms:012x}"
    return f"{head[:8]}-{head[8:]}-7{made[:3]}-8{made[3:6]}-{made[6:18]}"
