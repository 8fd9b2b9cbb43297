"""A stranger's client, written from sync/README.md and mobile_contract/README.md alone: plain HTTP and JSON, nothing of
ours. It enrols, pulls, pushes, meets a conflict, sees it settled, and survives lost and damaged answers."""

import base64
import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2 as httpx
import pytest

from tests.faults.server import RealServer
from tests.makers import GRID, PASSWORD

Json = dict[str, Any]


class Stranger:
    """One phone with one person. Everything in memory: a sketch of what a real one keeps on disk."""

    def __init__(self, url: str) -> None:
        self.http = httpx.Client(base_url=url, trust_env=False, timeout=30)
        self.queue: list[bytes] = []
        self.acked = 0
        self.results: dict[int, Json] = {}
        self.rows: dict[tuple[str, str], tuple[int, bytes, list[str]]] = {}
        self.cookie: str | None = None
        self.digests: dict[str, list[Any]] = {}
        self.headers = {"Content-Type": "application/json"}

    def ask(self, path: str, said: Json | bytes) -> httpx.Response:
        body = said if isinstance(said, bytes) else json.dumps(said).encode()
        sha256 = base64.b64encode(hashlib.sha256(body).digest()).decode()
        answer = self.http.post(path, content=body, headers=self.headers | {"Content-Digest": f"sha-256=:{sha256}:"})
        told = base64.b64encode(hashlib.sha256(answer.content).digest()).decode()
        assert answer.headers["Content-Digest"] == f"sha-256=:{told}:", "damaged on its way"
        return answer

    def arrive(self, scanned: str, phone: str, password: str) -> None:
        self.hello = self.http.get("/sync/v1/hello").json()
        device = self.ask("/handsets/v1/enrol", {"token": scanned, "model": "x", "app": "stranger 1"}).json()
        names = {"device_id": device["device_id"], "device_secret": device["device_secret"]}
        said = self.ask("/auth/v1/sign-in", {"phone": phone, "password": password, **names}).json()
        self.headers["Authorization"] = f"Bearer {said['access_token']}"
        self.names = {"device": device["device_id"], "epoch": device["epoch"], "schema": self.hello["contract"]}
        self.user = said["person"]["id"]
        if said["person"]["consent_due"]:
            notice = self.http.get("/people/v1/notice", headers=self.headers).json()
            self.ask("/people/v1/me/consent", {"version": notice["version"]})

    def act(self, **said: Any) -> int:
        n = len(self.queue) + 1
        mutation = {"n": n, "at": {"wall_ms": self.hello["server_ms"]}, "held_cookie": self.cookie, **said}
        packed = json.dumps(mutation, ensure_ascii=False).encode()
        assert len(packed) <= self.hello["limits"]["mutation_bytes"]
        self.queue.append(packed)
        return n

    def push(self, *, lose_the_answer: bool = False) -> None:
        while self.acked < len(self.queue):
            now = {"wall_ms": self.hello["server_ms"]}
            head = json.dumps(self.names | {"user": self.user, "clock": now}).encode()
            some = self.queue[self.acked : self.acked + self.hello["limits"]["mutations_per_push"]]
            answer = self.ask("/sync/v1/push", head[:-1] + b',"muts":[' + b",".join(some) + b"]}")
            if lose_the_answer:
                return
            if answer.status_code == 409 and answer.json()["code"] == "sync.gap":
                self.acked = answer.json()["params"]["expected"] - 1
                continue
            if answer.status_code == 409 and answer.json()["code"] in ("sync.sequence_reused", "sync.stale_epoch"):
                self.queue_anew(answer.json()["params"]["epoch"])
                continue
            assert answer.status_code == 200, answer.text
            self.results |= {result["n"]: result for result in answer.json()["results"]}
            self.acked = answer.json()["acked"]

    def queue_anew(self, epoch: int) -> None:
        waiting, old = self.queue[self.acked :], self.names["epoch"]
        self.names["epoch"], self.acked, self.cookie, self.queue, self.results = epoch, 0, None, [], {}
        for n, packed in enumerate(waiting, 1):
            said = json.loads(packed)
            self.queue.append(json.dumps({"first": {"epoch": old, "n": said["n"]}} | said | {"n": n}).encode())

    def void(self, n: int) -> None:
        said = {"n": n, "at": {"wall_ms": self.hello["server_ms"]}, "cmd": "void", "params": {"reason": "x"}}
        self.queue[n - 1] = json.dumps(said).encode()

    def pull(self) -> None:
        staged: list[tuple[Json, bytes, list[str]]] = []
        page, names, reconcile = None, [], False
        while True:
            asked = {k: v for k, v in self.names.items() if k != "user"} | {"cookie": self.cookie, "max_bytes": 5_000}
            answer = self.ask("/sync/v1/pull", asked | ({"page": page} if page else {}))
            assert answer.status_code == 200, answer.text
            for line in answer.content.splitlines():
                frame = json.loads(line)
                if frame["f"] == "begin":
                    reconcile = bool(frame.get("reconcile"))
                elif frame["f"] == "scopes":
                    names = frame["names"]
                elif frame["f"] in ("row", "gone"):
                    body = line[line.index(b',"d":') + 5 : -1] if frame["f"] == "row" else b""
                    staged.append((frame, body, [names[i] for i in frame.get("s", [])]))
            if frame["f"] == "end":
                return self.apply(staged, frame, reconcile=reconcile)
            page = frame.get("page")
            staged = staged if frame["f"] == "more" else []

    def apply(self, staged: list[tuple[Json, bytes, list[str]]], end: Json, *, reconcile: bool) -> None:
        if reconcile:
            self.rows, self.digests = {}, {}
        for frame, body, scopes in staged:
            key = (frame["t"], frame["id"])
            if frame["f"] == "row":
                self.rows[key] = (frame["ver"], body, scopes)
            else:
                self.rows.pop(key, None)
        for scope in end.get("left", []):
            self.digests.pop(scope, None)
            self.rows = {k: (v, b, [s for s in held if s != scope]) for k, (v, b, held) in self.rows.items()}
        self.digests |= end.get("digests") or {}
        self.cookie = end["cookie"]

    def synced(self) -> bool:
        return self.acked == len(self.queue) and all(self.sum(s) == told for s, told in self.digests.items())

    def sum(self, scope: str) -> list[Any]:
        total = count = 0
        for (t, row_id), (ver, body, scopes) in self.rows.items():
            if scope in scopes:
                parts = (t.encode(), row_id.encode(), ver.to_bytes(8, "big"), hashlib.sha256(body).digest())
                line = b"".join(len(part).to_bytes(4, "big") + part for part in parts)
                total, count = total + int.from_bytes(hashlib.sha256(line).digest(), "big"), count + 1
        return [f"{total % 2**256:064x}", count]

    def of(self, t: str) -> dict[str, Json]:
        return {row_id: json.loads(body) for (kind, row_id), (_, body, _) in self.rows.items() if kind == t}


# -- the story --------------------------------------------------------------------------------------------------------


@pytest.fixture
def server(tmp_path: Path, migrated_sqlite: Path) -> Iterator[RealServer]:
    (tmp_path / "store.sqlite").write_bytes(migrated_sqlite.read_bytes())
    made = RealServer(f"sqlite:///{tmp_path / 'store.sqlite'}", tmp_path)
    yield made
    made.end()


def test_a_client_written_from_the_text_alone_works(server: RealServer) -> None:
    district = server.found()
    server.start()
    desk, token = server.admin(district)
    order = {"title": "清扫", "scene": "sanitation", "area_path": GRID, "team_id": district.teams["sweepers"]}
    made = desk.ask("POST", "/workorders/v1/orders", {"orders": [order], "release": True}, token=token)[0]["id"]
    phones = {name: Stranger(server.url) for name in ("crew", "mate")}
    for name, phone in phones.items():
        invite = desk.ask("POST", "/handsets/v1/invites", {"person_id": district[name].id}, token=token)
        phone.arrive(invite["payload"], district[name].phone, PASSWORD)
        phone.pull()
        assert phone.synced()
        assert phone.of("workorders")[made]["step"] == "released"
    crew, mate = phones["crew"], phones["mate"]

    seen = crew.rows["workorders", made][0]
    punch = "0199b3a0-0000-7000-8000-0000000000aa"
    crew.act(cmd="attendance.clock_in", row={"t": "punches", "id": punch, "base": {}}, params={"note": "到岗"})
    crew.act(cmd="workorders.start", row={"t": "workorders", "id": made, "base": {"step": seen}}, params={})
    crew.act(cmd="edit", ops=[{"t": "workorders", "id": made, "base": {"note": seen}, "set": {"note": "井盖松动"}}])
    crew.push(lose_the_answer=True)
    crew.push()
    assert [crew.results[n]["r"] for n in (1, 2, 3)] == ["applied"] * 3
    crew.pull()
    assert crew.synced()
    assert crew.of("punches")[punch]["note"] == "到岗"

    n = mate.act(cmd="edit", ops=[{"t": "workorders", "id": made, "base": {"note": seen}, "set": {"note": "积水"}}])
    bad = mate.act(cmd="workorders.explode", row={"t": "workorders", "id": made}, params={})
    mate.push()
    assert (mate.results[n]["r"], mate.results[bad]["why"]["code"]) == ("conflict", "sync.unknown_command")
    mate.pull()
    conflict = mate.of("conflicts")[mate.results[n]["conflict"]]
    assert conflict["state"] == "open"
    assert {(f["f"], f["server"], f["device"]) for f in conflict["fields"]} == {("note", "井盖松动", "积水")}

    path = f"/handsets/v1/conflicts/{mate.results[n]['conflict']}/settle"
    desk.ask("POST", path, {"choice": "take_device", "note": "都说了"}, token=token)
    for phone in (mate, crew):
        phone.pull()
        assert phone.synced()
        assert phone.of("workorders")[made]["note"] == "积水"
    assert mate.of("conflicts")[mate.results[n]["conflict"]]["state"] == "settled"

    row = {"t": "workorders", "id": made, "base": {"step": crew.rows["workorders", made][0]}}
    crew.act(cmd="workorders.pause", row=row, params={})
    broken = crew.act(cmd="workorders.resume", row=row, params={})
    crew.push(lose_the_answer=True)
    crew.void(broken)
    crew.push()
    assert (crew.names["epoch"], crew.results[1]["r"], crew.results[2]["why"]["code"]) == (2, "applied", "sync.voided")
    crew.pull()
    assert crew.synced()
    assert crew.of("workorders")[made]["step"] == "started", "paused and resumed, once each"
    desk.close()
    for phone in phones.values():
        phone.http.close()
