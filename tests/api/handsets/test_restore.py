"""The server comes back from a backup: no acknowledged work is lost, none is done twice."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from sqlalchemy.engine import make_url

from backend.app import build_house, create_app
from backend.attendance.tables import Punch
from backend.kernel import backups
from backend.kernel.clock import SetClock
from backend.kernel.ids import new_id
from backend.kernel.settings import Settings
from sync.handset.client import Needs
from sync.protocol import RESULTS_KEPT
from sync.stores.tables import renew_generation
from tests.api.handsets.conftest import Field, clock_in
from tests.makers import District
from tests.phones import Phone
from tests.postgres import Postgres


@contextmanager
def _running(settings: Settings, clock: SetClock, district: District, folder: Path) -> Iterator[Field]:
    """A server on this store."""
    house = build_house(settings, clock)
    try:
        with TestClient(create_app(settings, house=house), raise_server_exceptions=False) as client:
            yield Field(client, house, clock, district, folder)
    finally:
        house.db.close()


@pytest.fixture
def whole(request: pytest.FixtureRequest, store_url: str) -> District:
    """Who is in the copied store, without opening it."""
    which = "founded_sqlite" if store_url.startswith("sqlite") else "founded_postgres"
    founded: District = request.getfixturevalue(which).district
    return founded


class Backup:
    """A copy of a store, made while no server runs."""

    def __init__(self, settings: Settings, postgres: Postgres | None) -> None:
        self._settings = settings
        self._postgres = postgres
        self._name = f"backup_{new_id()}"
        self._database = str(make_url(settings.url()).database)

    def make(self) -> None:
        self._copy(self._database, self._name)

    def restore(self) -> None:
        self._copy(self._name, self._database)

    def _copy(self, source: str, target: str) -> None:
        if self._postgres is None:
            for end in ("", "-wal", "-shm"):
                Path(target + end).unlink(missing_ok=True)
            shutil.copyfile(source, target)
            return
        self._postgres.drop(target)
        self._postgres.create(target, template=source)


@pytest.fixture
def backup(request: pytest.FixtureRequest, settings: Settings, tmp_path: Path) -> Backup:
    if settings.url().startswith("sqlite"):
        made = Backup(settings, None)
        made._name = str(tmp_path / "backup.sqlite")
        return made
    return Backup(settings, request.getfixturevalue("postgres"))


def _new_life(crews: Field) -> None:
    with crews.house.db.transaction() as session:
        renew_generation(session.connection(), new_id())


def _again(crews: Field, *phones: Phone) -> None:
    """The phones meet the restored server."""
    for phone in phones:
        phone.client = crews.client
        phone.store.put("rtt_ms", None)


def test_a_restored_server_gets_back_what_it_had_acknowledged(
    settings: Settings, clock: SetClock, whole: District, tmp_path: Path, backup: Backup
) -> None:
    with _running(settings, clock, whole, tmp_path) as crews:
        ours, theirs = crews.phone("crew"), crews.phone("mate")
        order = crews.order()
        kept = clock_in(ours)
        for phone in (ours, theirs):
            phone.sync()
    backup.make()
    with _running(settings, clock, whole, tmp_path) as crews:
        _again(crews, ours, theirs)
        clock.pass_time(_minutes(20))
        lost = [clock_in(ours), clock_in(theirs)]
        ours.hs.do("workorders.start", "workorders", order, {})
        ours.sync()
        clock.pass_time(_minutes(20))
        ours.hs.do("workorders.finish", "workorders", order, {})
        for phone in (ours, theirs):
            phone.sync()
        later = crews.order(note="只在备份之后")
        ours.sync()
        assert crews.stands(order)["step"] == "done"
        assert later in ours.ids("workorders")
    backup.restore()
    with _running(settings, clock, whole, tmp_path) as crews:
        _again(crews, ours, theirs)
        _new_life(crews)
        assert crews.stands(order)["step"] == "released"
        clock.pass_time(_minutes(20))
        fresh = clock_in(theirs)
        for phone in (ours, theirs, ours, theirs):
            phone.sync()
        assert any(b'"reconcile":"generation"' in body for _, body in theirs.answers)
        for phone in (ours, theirs):
            assert phone.hs.standing().synced
            assert phone.hs.drifted() == []
        assert ours.ids("punches") == {kept, lost[0]}
        assert theirs.ids("punches") == {lost[1], fresh}
        assert crews.count(Punch) == 4
        assert later not in ours.ids("workorders")
        assert crews.stands(order)["step"] == "done"
        assert [act for act, _ in crews.history(order)] == ["plan", "release", "start", "finish"]
        assert crews.conflicts() == []


def test_what_others_wrote_after_a_restore_is_not_silently_overwritten(
    settings: Settings, clock: SetClock, whole: District, tmp_path: Path, backup: Backup
) -> None:
    """A phone's base names a number of the life that was lost; the same number now means something else."""
    with _running(settings, clock, whole, tmp_path) as crews:
        ours, theirs = crews.phone("crew"), crews.phone("mate")
        order = crews.order(note="原文")
        for phone in (ours, theirs):
            phone.sync()
    backup.make()
    with _running(settings, clock, whole, tmp_path) as crews:
        _again(crews, ours, theirs)
        for i in range(20):
            crews.order(title=f"之后 {i}")
        crews.at_desk(order, "reassign", team_id=crews.district.teams["sweepers"])
        crews.desk("admin").get("/people/v1/me", expect=200)
        ours.hs.edit("workorders", order, {"crew_note": "动一动"})
        ours.sync()
        ours.hs.edit("workorders", order, {"note": "离线写的"})
    backup.restore()
    with _running(settings, clock, whole, tmp_path) as crews:
        _again(crews, ours, theirs)
        _new_life(crews)
        theirs.sync()
        theirs.hs.edit("workorders", order, {"note": "恢复后写的"})
        theirs.sync()
        for i in range(40):
            crews.order(title=f"恢复之后 {i}")
        for phone in (ours, theirs, ours, theirs):
            phone.sync()
        assert crews.stands(order)["note"] == "恢复后写的"
        (kept,) = crews.conflicts(state="open")
        assert kept["fields"][0]["device"] == "离线写的"


def test_phones_forget_what_a_durable_backup_covers(
    settings: Settings, clock: SetClock, whole: District, tmp_path: Path
) -> None:
    with _running(settings, clock, whole, tmp_path) as crews:
        phone = crews.phone("crew")
        for _ in range(3):
            clock_in(phone)
        phone.sync()
        covered = [entry.n for entry in phone.hs.done()]
        with crews.house.db.reading() as session:
            note = backups.note_of(session)
        later = clock_in(phone)
        phone.sync()
        assert [entry.n for entry in phone.hs.done()][: len(covered)] == covered
        with crews.house.db.transaction() as session:
            backups.mark(crews.house.ctx(session), note)
        phone.sync()
        assert [entry.mutation()["row"]["id"] for entry in phone.hs.done()] == [later]


def test_a_note_of_another_life_marks_nothing(
    settings: Settings, clock: SetClock, whole: District, tmp_path: Path
) -> None:
    with _running(settings, clock, whole, tmp_path) as crews:
        with crews.house.db.reading() as session:
            note = backups.read_note(backups.note_of(session).text())
        _new_life(crews)
        with crews.house.db.transaction() as session, pytest.raises(backups.BackupForeign):
            backups.mark(crews.house.ctx(session), note)
    with pytest.raises(backups.BackupDamaged):
        backups.read_note(b"{}")


def test_more_than_a_thousand_acknowledged_acts_come_back(
    settings: Settings, clock: SetClock, whole: District, tmp_path: Path, backup: Backup
) -> None:
    with _running(settings, clock, whole, tmp_path) as crews:
        phone = crews.phone("crew")
        first = clock_in(phone)
        phone.sync()
    backup.make()
    with _running(settings, clock, whole, tmp_path) as crews:
        _again(crews, phone)
        lost = [clock_in(phone) for _ in range(RESULTS_KEPT + 100)]
        phone.sync()
        phone.renew_epoch()
        lost.append(clock_in(phone))
        phone.sync()
        assert phone.hs.epoch == 2
    backup.restore()
    with _running(settings, clock, whole, tmp_path) as crews:
        _again(crews, phone)
        _new_life(crews)
        waits = clock_in(phone)
        phone.sync(pull=False)  # the restored server knows nothing of the second epoch
        assert phone.hs.needs is Needs.epoch
        phone.renew_epoch()
        phone.sync()
        phone.sync()
        assert crews.count(Punch) == len(lost) + 2
        assert phone.ids("punches") == {first, *lost, waits}
        assert crews.conflicts() == []
        assert phone.hs.standing().synced


def _minutes(minutes: int) -> timedelta:
    return timedelta(minutes=minutes)
