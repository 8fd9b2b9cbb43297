"""doctor: looks the house over, says what is wrong and what to do."""

import json
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from backend.cli import home
from backend.cli.talk import Exit, local, out, say

if TYPE_CHECKING:
    from backend.kernel.http import House
    from backend.kernel.settings import Settings

PYTHON_MIN = (3, 11)
WAL_RESET_FIXED = (3, 51, 3)
"""SQLite before this may corrupt a database when two connections reset its write-ahead log at once; also fixed in the
patch releases 3.50.7 and 3.44.6 of older lines."""
WAL_RESET_PATCHED = ((3, 50, 7), (3, 44, 6))
DISK_WARN_BYTES, DISK_FAIL_BYTES = 2_000_000_000, 200_000_000
RELEASED = datetime(2026, 1, 1, tzinfo=UTC)
"""No clock that is right shows an earlier day."""
CLOCK_APART_MAX = timedelta(seconds=5)
BACKUP_AGE_WARN = timedelta(days=3)
SIGNS = {"ok": "[green]ok[/]", "warn": "[yellow]warn[/]", "fail": "[bold red]fail[/]"}


@dataclass(frozen=True, slots=True)
class Finding:
    """What a look came to; `state` is ok, warn or fail."""

    check: str
    state: str
    found: str
    todo: str = ""


def declare(app: typer.Typer) -> None:
    """Puts the command under `gridcrew`."""
    app.command(help=say("检查环境与数据，说明怎么办。", "Look over the house; say what to do."))(doctor)


def doctor(
    as_json: Annotated[bool, typer.Option("--json", help=say("输出 JSON", "print JSON"))] = False,
    demo: Annotated[bool, typer.Option("--demo", help=say("检查演示区", "look at the demo's data"))] = False,
) -> None:
    """Ends with 1 when anything fails; warnings are no failure."""
    findings = list(look_over(demo=demo))
    if as_json:
        out().print_json(json.dumps([asdict(finding) for finding in findings], ensure_ascii=False))
    else:
        for f in findings:
            out().print(f"{SIGNS[f.state]:<22} {f.check:<14} ", end="")
            out().print(f.found + (f"  →  {f.todo}" if f.todo else ""), markup=False)
    if any(finding.state == "fail" for finding in findings):
        raise typer.Exit(int(Exit.found_wrong))


def look_over(*, demo: bool = False) -> Iterator[Finding]:
    """Every look, one after the other; one that cannot be taken is told as failed and hinders no other."""
    yield _python()
    yield _font()
    yield _migrations()
    settings, bad = _settings(demo)
    if settings is None:
        yield bad
        return
    yield bad
    for look in (_secret, _data_dir, _disk):
        yield _safely(look.__name__.strip("_"), look, settings)
    yield from _inside(settings)


def _safely(name: str, look: "Callable[[Settings], Finding]", settings: "Settings") -> Finding:
    try:
        return look(settings)
    except Exception as fault:  # a check-up tells of what it meets, whatever it is
        return Finding(name, "fail", f"{type(fault).__name__}: {fault}"[:300])


def _python() -> Finding:
    version = ".".join(map(str, sys.version_info[:3]))
    todo = say("需要 Python 3.11 以上", "Python 3.11 or newer is needed")
    return (
        Finding("python", "ok", version) if sys.version_info >= PYTHON_MIN else Finding("python", "fail", version, todo)
    )


def _font() -> Finding:
    from importlib import resources

    file = resources.files("qr") / "fonts" / "NotoSansSC-Regular-subset.ttf"
    if file.is_file():
        return Finding("font", "ok", "NotoSansSC-Regular-subset.ttf")
    return Finding("font", "fail", str(file), say("重新安装 gridcrew", "install gridcrew anew"))


def _migrations() -> Finding:
    heads = sorted(home.heads())
    if len(heads) == 1:
        return Finding("migrations", "ok", heads[0])
    todo = say("合并迁移分支（alembic merge）", "merge the branches (alembic merge)")
    return Finding("migrations", "fail", ", ".join(heads) or "none", todo)


def _settings(demo: bool) -> "tuple[Settings | None, Finding]":
    from pydantic import ValidationError

    from backend.kernel.settings import Settings
    from mobile_contract.texts.faults import in_english

    try:
        settings = home.demo_settings() if demo else Settings()
    except ValidationError as fault:
        wrong = "; ".join(in_english(e["msg"]) for e in fault.errors())
        todo = say("设置 GRIDCREW_* 变量，或用 --demo", "set the GRIDCREW_* variables, or say --demo")
        return None, Finding("settings", "fail", wrong, todo)
    return settings, Finding("settings", "ok", say("演示", "demo") if settings.demo else say("正式", "in service"))


def _secret(settings: "Settings") -> Finding:
    from backend.kernel.settings import DEMO_SECRET

    if settings.secret.get_secret_value() != DEMO_SECRET:
        return Finding("secret", "ok", say("已设置", "set"))
    return Finding(
        "secret", "ok" if settings.demo else "fail", say("演示密钥，仅供演示", "the demo's, for the demo only")
    )


def _data_dir(settings: "Settings") -> Finding:
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    probe = settings.data_dir / ".doctor"
    try:
        probe.write_bytes(b"x")
        probe.unlink()
    except OSError as fault:
        todo = say("给运行用户写权限", "let the server's user write there")
        return Finding("data_dir", "fail", f"{settings.data_dir}: {fault}", todo)
    return Finding("data_dir", "ok", str(settings.data_dir))


def _disk(settings: "Settings") -> Finding:
    free = shutil.disk_usage(settings.data_dir).free
    state = "fail" if free < DISK_FAIL_BYTES else "warn" if free < DISK_WARN_BYTES else "ok"
    todo = say("清理磁盘，或换 data_dir", "make room, or move data_dir") if state != "ok" else ""
    return Finding("disk", state, say(f"剩余 {free / 1e9:.1f} GB", f"{free / 1e9:.1f} GB free"), todo)


def _inside(settings: "Settings") -> Iterator[Finding]:
    from backend.app import build_house
    from backend.kernel.logs import set_up_logs

    set_up_logs(settings)
    house = build_house(settings)
    try:
        first = _reached(house)
        yield first
        if first.state == "fail":
            return
        if house.db.dialect == "sqlite":
            yield _sqlite(house)
        yield _clock(house)
        for name, look in (("audit", _audit), ("jobs", _jobs), ("backup", _backup)):
            yield _safely(name, lambda _, look=look: look(house), settings)  # type: ignore[misc]  # bound now
    finally:
        house.db.close()


def _reached(house: "House") -> Finding:
    where, todo = house.db.dialect, say("运行 gridcrew migrate", "run gridcrew migrate")
    file = home.sqlite_file(house.settings)
    if file is not None and not file.exists():  # looking must not make one
        return Finding("database", "fail", f"{where}: {file}", todo)
    try:
        revision = home.revision_of(house)
    except Exception as fault:  # whatever the driver raises: the database was not reached
        todo = say("检查 GRIDCREW_DATABASE_URL", "look at GRIDCREW_DATABASE_URL")
        return Finding("database", "fail", f"{where}: {type(fault).__name__}: {fault}"[:300], todo)
    if {revision} == home.heads():
        return Finding("database", "ok", f"{where} @ {revision}")
    return Finding("database", "fail", f"{where} @ {revision or '-'}", todo)


def _sqlite(house: "House") -> Finding:
    from sqlalchemy import text

    with house.db.reading() as session:
        told = str(session.connection().execute(text("SELECT sqlite_version()")).scalar_one())
    version = tuple(int(part) for part in told.split("."))
    if version >= WAL_RESET_FIXED or any(version[:2] == p[:2] and version >= p for p in WAL_RESET_PATCHED):
        return Finding("sqlite", "ok", told)
    todo = say(
        "此版本有 WAL 重置损坏缺陷；只用一个进程写入，或安装带新版 SQLite 的 pysqlite3",
        "this version may corrupt a database at a WAL reset: write from one process only, or install pysqlite3",
    )
    return Finding("sqlite", "warn", told, todo)


def _clock(house: "House") -> Finding:
    from sqlalchemy import text

    now = house.clock.now()
    if now < RELEASED:
        return Finding("clock", "fail", f"{now:%Y-%m-%d %H:%M:%S}Z", say("校正系统时间", "set the machine's clock"))
    if house.db.dialect == "postgresql":
        with house.db.reading() as session:
            there = session.connection().execute(text("SELECT clock_timestamp()")).scalar_one()
        if abs(there - now) > CLOCK_APART_MAX:
            todo = say("校正两台机器的时间（NTP）", "set both machines by NTP")
            return Finding("clock", "warn", say("与数据库相差 ", "apart from the database: ") + str(there - now), todo)
    return Finding("clock", "ok", f"{now:%Y-%m-%d %H:%M:%S}Z")


def _audit(house: "House") -> Finding:
    from backend.kernel.audit import head, verify

    with house.db.reading() as session:
        broken, (seq, digest) = verify(session), head(session)
    if broken is None:
        return Finding("audit", "ok", say(f"{seq} 条，链完整 ", f"{seq} entries, whole ") + digest[:12])
    todo = say("停机、保留现场，对照备份", "stop, keep everything as it is, compare with backups")
    return Finding("audit", "fail", say(f"第 {broken} 条起被改动", f"changed from entry {broken} on"), todo)


def _jobs(house: "House") -> Finding:
    from backend.kernel.jobs import JobState, list_jobs

    with house.db.reading() as session:
        failed, waiting = list_jobs(session, JobState.failed), list_jobs(session, JobState.waiting)
        since = house.clock.now() - timedelta(minutes=10)
        overdue = [job for job in waiting if max(job.run_after_at, job.created_at) < since]
    if failed:
        todo = say(
            "gridcrew jobs list --state failed，再 jobs retry", "gridcrew jobs list --state failed, then jobs retry"
        )
        return Finding("jobs", "warn", say(f"{len(failed)} 个失败", f"{len(failed)} failed"), todo)
    if overdue:
        todo = say("运行 gridcrew worker", "run gridcrew worker")
        return Finding("jobs", "warn", say(f"{len(overdue)} 个逾期未运行", f"{len(overdue)} overdue"), todo)
    return Finding("jobs", "ok", say(f"{len(waiting)} 个等待", f"{len(waiting)} waiting"))


def _backup(house: "House") -> Finding:
    from backend.kernel.backups import last_marked_at

    with house.db.reading() as session:
        marked_at = last_marked_at(session)
    if marked_at is not None and house.clock.now() - marked_at < BACKUP_AGE_WARN:
        return Finding("backup", "ok", local(marked_at))
    todo = say("定期运行 gridcrew backup", "run gridcrew backup every day")
    last = local(marked_at) or say("从未备份", "never")
    return Finding("backup", "ok" if house.settings.demo else "warn", last, "" if house.settings.demo else todo)
