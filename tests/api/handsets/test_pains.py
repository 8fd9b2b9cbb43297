"""What hurt others: the pains of sync/README.md that no other test answers whole, with real handsets over HTTP."""

import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import orjson

from sync.handset.client import PULL_PATH
from sync.handset.store import SqliteStore
from sync.pull import POLL_JITTER_S, POLL_S, _next_poll
from tests.api.handsets.conftest import Field, clock_in
from tests.makers import NEXT_GRID
from tests.phones import Phone


def test_one_row_that_moved_away_takes_nothing_else_of_the_push_along(crews: Field) -> None:
    kept, taken = crews.order(), crews.order()
    phone = crews.phone("crew")
    crews.at_desk(taken, "reassign", team_id=crews.district.teams["gardeners"])
    phone.sync()
    for order in (kept, taken):
        phone.hs.do("workorders.start", "workorders", order, {})
    punch = clock_in(phone)
    phone.sync()
    assert [phone.outcome(n) for n in (1, 2, 3)] == ["applied", "rejected", "applied"]
    assert crews.stands(kept)["step"] == "started"
    assert phone.row("punches", punch) is not None


def test_what_moves_for_one_sends_nothing_to_another(crews: Field) -> None:
    """A change of who may see what is no reason to fill anybody anew."""
    mine = [crews.order() for _ in range(20)]
    still, moved = crews.phone("mate"), crews.phone("crew")
    crews.order("gardeners", area_path=NEXT_GRID)
    crews.move("crew", "sweepers", "gardeners")
    before = len(still.answers)
    still.sync()
    bodies = [body for (status, body) in still.answers[before:] if status == 200 and body.startswith(b'{"f":"begin"')]
    rows = [frame for body in bodies for line in body.splitlines() if (frame := orjson.loads(line))["f"] == "row"]
    assert not {frame["id"] for frame in rows} & set(mine), "the mate's orders came again"
    assert len(rows) <= 3
    moved.sync()
    assert set(mine) <= still.ids("workorders")
    assert not set(mine) & moved.ids("workorders")


def test_a_server_that_always_says_start_again_ends_the_run(crews: Field) -> None:
    phone = crews.phone("crew")
    punch = clock_in(phone)
    phone.cut = lambda body: b'{"f":"restart"}\n' if body.startswith(b'{"f":') else body
    before = len(phone.requests)
    phone.sync()
    assert len([r for r in phone.requests[before:] if r.path == PULL_PATH]) < 10
    phone.cut = None
    phone.sync()
    assert phone.row("punches", punch) is not None


def test_a_phone_away_for_a_season_keeps_its_unsent_work_through_the_reconcile(crews: Field) -> None:
    phone = crews.phone("crew")
    punch = clock_in(phone)
    crews.later(days=91)
    crews.sign_in(phone, "crew")
    phone.sync()
    assert phone.outcome(1) == "applied"
    assert phone.row("punches", punch) is not None
    assert phone.hs.standing().synced


def test_a_deleted_row_does_not_rise_again_from_a_phone_away_for_a_season(crews: Field) -> None:
    order = crews.order()
    phone = crews.phone("crew")
    phone.hs.edit("workorders", order, {"crew_note": "还在"})
    crews.at_desk(order, "reassign", team_id=crews.district.teams["gardeners"])
    crews.later(days=91)
    crews.sign_in(phone, "crew")
    phone.sync()
    assert phone.row("workorders", order) is None
    assert phone.why(1) == "sync.out_of_scope"
    assert crews.stands(order)["crew_note"] == ""


def test_synced_is_said_only_when_nothing_waits_and_the_sums_agree(crews: Field) -> None:
    order = crews.order()
    phone = crews.phone("crew")
    assert phone.hs.standing().synced
    clock_in(phone)
    assert not phone.hs.standing().synced
    phone.sync()
    assert phone.hs.standing().synced
    row = phone.store.row(phone.hs.user, "workorders", order)
    assert row is not None
    with phone.store.transaction():
        harmed = {"f": "row", "t": "workorders", "id": order, "ver": row.ver, "scopes": list(row.scopes)}
        phone.store.stage(phone.hs.user, [harmed | {"body": row.body.replace(b'"', b"'", 1)}])
        phone.store.apply_stage(phone.hs.user, reconcile=False, left=[])
    assert not phone.hs.standing().synced


def test_handsets_do_not_all_ask_at_once() -> None:
    """Three hundred handsets that pulled in the same second come again spread over the jitter."""
    times = [_next_poll(f"device-{i}", 7) for i in range(300)]
    assert min(times) >= POLL_S
    assert max(times) < POLL_S + POLL_JITTER_S
    assert max(times.count(second) for second in set(times)) < 300 * 3 / POLL_JITTER_S


def test_a_shift_that_starts_at_once_is_served_to_everybody(crews: Field) -> None:
    for _ in range(10):
        crews.order()
    phones = [crews.phone("crew") for _ in range(12)]
    for phone in phones:
        clock_in(phone)
    with ThreadPoolExecutor(len(phones)) as pool:
        list(pool.map(Phone.sync, phones))
    assert [phone.outcome(1) for phone in phones] == ["applied"] * len(phones)


QUEUEING = """
import sys
from pathlib import Path
from sync.handset.client import Handset
from sync.handset.replica import Policies
from sync.handset.store import SqliteStore
class Clock:
    def wall_ms(self): return 1
    def mono_ms(self): return None
    def boot(self): return None
store = SqliteStore(Path(sys.argv[1]))
store.put("device_id", "d")
store.put("epoch", 1)
handset = Handset(store, Clock(), Policies({}), 1, "ann")
while True:
    print(handset.do("attendance.clock_in", "punches", "x", {}), flush=True)
"""


def test_a_phone_that_dies_keeps_every_act_it_showed_as_queued(tmp_path: Path) -> None:
    """kill -9 while it queues: whatever the crew saw in the queue is in it when the phone is on again."""
    command = [sys.executable, "-c", QUEUEING, str(tmp_path / "handset.db")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        shown = [int(process.stdout.readline())]
        until_s = time.monotonic() + 0.3
        while time.monotonic() < until_s:
            shown.append(int(process.stdout.readline()))
        os.kill(process.pid, signal.SIGKILL)
        shown += [int(line) for line in process.stdout if line.endswith("\n")]
    store = SqliteStore(tmp_path / "handset.db")
    kept = [entry.n for entry in store.entries(1, "ann")]
    store.close()
    assert set(shown) <= set(kept)
    assert kept == list(range(1, len(kept) + 1))
