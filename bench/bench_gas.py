"""Chains folded, labels read and printed, a light shown, a queue of scans taken, beside the least that must be done."""

import json
import random
import sqlite3
import tempfile
import time
from base64 import b64encode
from datetime import UTC, date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from backend.gas.rules.acts import Birth, Seen
from backend.gas.rules.custody import fold
from backend.kernel.ids import new_id
from bench.bench_sync import pushed
from bench.rig import AREA, Office, request, serving, storm
from mobile_contract.blocked_filter import build
from mobile_contract.gas import Light, ScanStep
from mobile_contract.offline_verdict import Knowledge, Pack, judge
from mobile_contract.offline_verdict import Seen as Read
from mobile_contract.station_keys import GasPack
from qr import payload, render, sheets
from qr.checks import mod10_check
from qr.signing import KeyRing, SealCertificate, SealSigner, StationKey

ACTS = 1_000_000
ACTS_PER_CYLINDER = 20
TURN = (ScanStep.prefill, ScanStep.fill, ScanStep.load, ScanStep.deliver, ScanStep.collect, ScanStep.unload)
MISSED = 0.03
"""Of a hundred acts three are never scanned."""
LABELS = 20_000
SCANS, BLOCKED = 100, 10_000
QUEUED, BATCH = 1_000, 200
PRINTED, TENTH = 1_000, 10


def _chain(number: int, dice: random.Random) -> list[Seen]:
    """A cylinder's acts as they arrive: four handsets, three of a hundred missed, in no order."""
    acts: list[Seen] = []
    at_ms, step = number, 0
    while len(acts) < ACTS_PER_CYLINDER:
        at_ms += dice.randrange(600_000, 6_000_000)
        step += 1
        if dice.random() < MISSED:
            continue
        worker = f"w{(step // 6) % 4}"
        acts.append(
            Seen(
                id=f"{number}-{step}",
                step=TURN[step % 6],
                worker=worker,
                customer=f"c{number % 997}",
                station="ST01",
                order="",
                trusted_ms=at_ms,
                device=worker,
                epoch=1,
                n=step,
            )
        )
    dice.shuffle(acts)
    return acts


@lru_cache(maxsize=1)
def _chains() -> list[list[Seen]]:
    """A twentieth of a million acts; they are folded twenty times, so that the bench fits a small machine."""
    dice = random.Random(440_111)
    return [_chain(number, dice) for number in range(ACTS // ACTS_PER_CYLINDER // 20)]


class Fold:
    """Seconds for a million acts of 50,000 cylinders."""

    name = "gas.fold"
    unit = "s a million acts"
    reference_unit = "s, the same acts sorted by time and no more"

    def run(self) -> tuple[float, float]:
        birth = Birth(full=True)
        chains = _chains()
        started = time.perf_counter()
        for chain in chains * 20:
            fold(birth, chain)
        seconds = time.perf_counter() - started
        started = time.perf_counter()
        for chain in chains * 20:
            sorted(chain, key=lambda act: (act.trusted_ms, act.device, act.n))
        return seconds, time.perf_counter() - started


class Parse:
    """GS1 Digital Links of cylinders a second: check digits, percent signs, the cylinder's name."""

    name = "qr.digital_link_parse"
    unit = "links/s"
    reference_unit = "links/s, split at the slashes"

    def run(self) -> tuple[float, float]:
        kind = f"690123400001{mod10_check('690123400001')}"
        links = [f"HTTPS://GAS.EXAMPLE.CN/8003/0{kind}144001226{number:07d}" for number in range(LABELS)]
        started = time.perf_counter()
        for link in links:
            payload.parse(link)
        rate = LABELS / (time.perf_counter() - started)
        started = time.perf_counter()
        for link in links:
            link.split("/")
        return rate, LABELS / (time.perf_counter() - started)


class Verdict:
    """Milliseconds until a handset has its light: seal verified, blocked list of 10,000 asked, twenty keys known."""

    name = "gas.verdict"
    unit = "ms a scan, the slowest of a hundred"
    reference_unit = "ms, the bare signature"

    def run(self) -> tuple[float, float]:
        now = datetime(2026, 9, 1, tzinfo=UTC)
        signer = SealSigner(20, bytes(range(32)))
        keys = [StationKey(n, 12, signer.public_key, datetime(2026, 1, 1, tzinfo=UTC)) for n in range(1, 21)]
        ring = KeyRing(tuple(keys))
        knows = Knowledge(None, _pack(now), ring)
        slowest = 0.0
        for number in range(SCANS):
            code = f"14400122{number:08d}"
            certificate = SealCertificate(
                code, datetime(2026, 8, 31, tzinfo=UTC), 14_500, 16_500, "2028-03", "2032-03", 12, number
            )
            seal = payload.format(signer.sign(certificate, "https://gas.example.cn"))
            started = time.perf_counter()
            answer = judge(ScanStep.deliver, Read(code, seal), knows, now, date(2026, 9, 1))
            slowest = max(slowest, time.perf_counter() - started)
            assert answer.light in (Light.amber, Light.red), answer
        return slowest * 1_000, _bare_signature_ms()


def _pack(now: datetime) -> Pack:
    told = GasPack(
        id=new_id(),
        issued_at=now,
        expires_at=now.replace(day=4),
        rule_version="bench",
        blocked=BLOCKED,
        filter=b64encode(build(f"x{number}" for number in range(BLOCKED))).decode(),
        recent=[],
        public_key="",
        signature="",
        area_path=AREA,
    )
    return Pack(told)


def _bare_signature_ms() -> float:
    key = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
    signature, public, took = key.sign(b"x" * 40), key.public_key(), []
    for _ in range(SCANS):
        started = time.perf_counter()
        public.verify(signature, b"x" * 40)
        took.append(time.perf_counter() - started)
    return max(took) * 1_000


class Scans:
    """Seconds until a thousand queued scans of one handset are taken: 500 cylinders loaded and delivered."""

    name = "gas.scans_1000"
    unit = "s"
    reference_unit = "s, bare sqlite3 with the same rows and batches"

    def run(self) -> tuple[float, float]:
        with serving() as server:
            office = Office(server)
            office.found()
            (phone,) = office.phones(1, "gas_worker")
            codes = [f"14400122{number:08d}" for number in range(QUEUED // 2)]
            made = {"owner": "白云", "spec": "YSP35.5", "made_on": "2024-03-15", "area_path": AREA, "full": True}
            cylinders = [{"code": code, "serial": code[-6:]} | made for code in codes]
            office.ask("POST", "/gas/v1/cylinders", {"cylinders": cylinders}, office.admin)
            account = {"code": "BY-1", "name": "陈", "address": "松洲路", "area_path": AREA}
            office.ask("POST", "/gas/v1/accounts", {"accounts": [account]}, office.admin)
            office.hang_up()
            queue = [_scan(code, "load") for code in codes] + [_scan(code, "deliver", account="BY-1") for code in codes]
            bodies = [pushed(phone, queue[at : at + BATCH]) for at in range(0, QUEUED, BATCH)]
            sent = [request("POST", "/sync/v1/push", phone.token, body) for body in bodies]
            seconds, (answers,) = storm(server.port, [sent])
        results = [result["r"] for _, body in answers for result in json.loads(body)["results"]]
        assert results == ["applied"] * QUEUED, results[:3]
        return seconds, _bare_rows(bodies)


def _scan(code: str, step: str, **more: str) -> dict[str, Any]:
    row = {"t": "scans", "id": new_id(), "base": {}}
    return {"cmd": "gas.scan", "row": row, "params": {"code": code, "step": step, "station": "ST01"} | more}


def _bare_rows(bodies: list[bytes]) -> float:
    with tempfile.TemporaryDirectory() as folder:
        db = sqlite3.connect(Path(folder) / "bare.db", isolation_level=None)
        db.execute("PRAGMA journal_mode=WAL")
        db.execute("PRAGMA synchronous=FULL")
        db.execute("CREATE TABLE scans (id TEXT PRIMARY KEY, body BLOB) WITHOUT ROWID")
        started = time.perf_counter()
        for body in bodies:
            rows = [(each["row"]["id"], json.dumps(each)) for each in json.loads(body)["muts"]]
            db.execute("BEGIN IMMEDIATE")
            db.executemany("INSERT INTO scans VALUES (?, ?)", rows)
            db.execute("COMMIT")
        took = time.perf_counter() - started
        db.close()
    return took


class Labels:
    """Seconds for 10,000 labels on sheets, each read back; a tenth of them is printed."""

    name = "qr.labels"
    unit = "s, ten thousand"
    reference_unit = "s, ten thousand symbols drawn and no more"

    def run(self) -> tuple[float, float]:
        texts = [f"HTTPS://GAS.EXAMPLE.CN/8003/06901234000016144001226{number:07d}" for number in range(PRINTED)]
        made = [sheets.Label(text, ("白云燃气", text[-7:]), render.level_for(payload.parse(text))) for text in texts]
        started = time.perf_counter()
        printed = sheets.make_sheets(made, sheets.A4_3X4, datetime(2026, 9, 1, tzinfo=UTC))
        seconds = time.perf_counter() - started
        assert printed.labels == PRINTED
        started = time.perf_counter()
        for text, label in zip(texts, made, strict=True):
            render.symbol(text, label.level)
        return seconds * TENTH, (time.perf_counter() - started) * TENTH


BENCHMARKS = [Fold(), Parse(), Verdict(), Scans(), Labels()]
