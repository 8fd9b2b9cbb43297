"""The house on this machine: settings from the environment, the database at its newest revision, an operator's hand."""

import contextlib
import hashlib
import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from backend.cli.talk import Exit, refuse, say

if TYPE_CHECKING:
    from backend.kernel.context import Ctx
    from backend.kernel.http import House
    from backend.kernel.settings import Settings

CHECKOUT = Path(__file__).parents[2]
VERSIONS = Path(__file__).parents[1] / "migrations" / "versions"
TABLES_MARK = "tables.sha256"
"""Names the tables that the data of this folder were made for."""
ASIDE = "before-"
"""How folders begin in which an outgrown demo lies."""


def settings_of(**given: Any) -> "Settings":
    """The settings of this process: what is given, then GRIDCREW_*. Ends with the reason when bad."""
    from pydantic import ValidationError

    from backend.kernel.settings import Settings
    from mobile_contract.texts.faults import in_english

    try:
        settings = Settings(**given)
        _check_practice(settings)
    except ValidationError as fault:
        wrong = "; ".join(".".join(map(str, e["loc"])) + " " + in_english(e["msg"]) for e in fault.errors())
        refuse("settings.invalid", say(f"设置有误：{wrong}", f"The settings are not right: {wrong}"), Exit.usage)
    return settings


def _check_practice(settings: "Settings") -> None:
    """Ends with the reason when the district's own file is not right."""
    if settings.practice_file is None:
        return
    from backend.cases.queries import practice_of

    try:
        practice_of(settings.practice_file)
    except (OSError, ValueError) as fault:
        zh = f"{settings.practice_file} 有误：{fault}"
        refuse("settings.invalid", say(zh, f"{settings.practice_file} is not right: {fault}"), Exit.usage)


def demo_settings(data_dir: Path | None = None, **given: Any) -> "Settings":
    """The settings of the demo: its data lie in `.demo` of the checkout, its secrets are no secrets."""
    folder = data_dir or (CHECKOUT if (CHECKOUT / "pyproject.toml").exists() else Path.cwd()) / ".demo"
    return settings_of(data_dir=folder, demo=True, log_json=False, **given)


@contextlib.contextmanager
def house_of(settings: "Settings") -> Iterator["House"]:
    """The house, for one command; its database must be of the newest revision."""
    from backend.app import build_house
    from backend.kernel.logs import set_up_logs

    set_up_logs(settings)
    house = build_house(settings)
    try:
        if revision_of(house) not in heads():
            zh, en = (
                "数据库未迁移，请先运行 gridcrew migrate",
                "The database is not migrated: run gridcrew migrate first",
            )
            refuse("database.not_migrated", say(zh, en), Exit.found_wrong)
        yield house
    finally:
        house.db.close()


@contextlib.contextmanager
def operating(settings: "Settings") -> Iterator["Ctx"]:
    """A transaction in which whoever holds this shell acts; committed at the end."""
    from backend.people import queries

    with house_of(settings) as house, house.db.transaction() as session:
        yield house.ctx(session, queries.operator(settings))


@contextlib.contextmanager
def looking(settings: "Settings") -> Iterator["Ctx"]:
    """A reading session of whoever holds this shell."""
    from backend.people import queries

    with house_of(settings) as house, house.db.reading() as session:
        yield house.ctx(session, queries.operator(settings))


def bring_up_to_date(settings: "Settings") -> bool:
    """Migrates when the newest revision is not there yet; whether there was anything to do.

    Alembic is slow to start: it is asked only when there is something for it.
    """
    from backend.app import build_house, migrate

    settings.data_dir.mkdir(parents=True, exist_ok=True)
    house = build_house(settings)
    present = revision_of(house)
    house.db.close()
    if {present} == heads():
        return False
    migrate(settings.url())
    if settings.demo:
        (settings.data_dir / TABLES_MARK).write_text(_tables_digest(), "ascii")
    return True


def set_aside_outgrown(settings: "Settings") -> Path | None:
    """Moves a demo away, all but its certificates, that other tables were made for; gives where it lies now.

    Until the first release its one migration changes in place, and no demo is worth a migration of its own.
    """
    mark, made = settings.data_dir / TABLES_MARK, sqlite_file(settings)
    if made is None or not made.exists() or (mark.exists() and mark.read_text("ascii") == _tables_digest()):
        return None
    aside = settings.data_dir / f"{ASIDE}{datetime.now():%Y%m%d-%H%M%S}"  # noqa: DTZ005 - a name for people
    aside.mkdir()
    for each in list(settings.data_dir.iterdir()):
        if each.name != "certificates" and not each.name.startswith(ASIDE):
            each.rename(aside / each.name)
    return aside


def _tables_digest() -> str:
    return hashlib.sha256(b"".join(file.read_bytes() for file in sorted(VERSIONS.glob("*.py")))).hexdigest()


def revision_of(house: "House") -> str | None:
    """The revision the database stands at; None when it was never migrated."""
    from sqlalchemy import text
    from sqlalchemy.exc import OperationalError, ProgrammingError

    try:
        with house.db.reading() as session:
            found = session.connection().execute(text("SELECT version_num FROM alembic_version")).scalar()
    except ProgrammingError:
        return None
    except OperationalError as fault:
        if "no such table" in str(fault):
            return None
        raise
    return None if found is None else str(found)


def sqlite_file(settings: "Settings") -> Path | None:
    """The file of an embedded database; None for a server's, or one in memory."""
    from sqlalchemy.engine import make_url

    url = make_url(settings.url())
    kept = url.get_backend_name() == "sqlite" and url.database not in (None, "", ":memory:")
    return Path(str(url.database)) if kept else None


def heads() -> set[str]:
    """Revisions that no other follows; one, in a house in order."""
    known, followed = set[str](), set[str]()
    for file in sorted(VERSIONS.glob("*.py")):
        said = dict(
            re.findall(r'^(revision|down_revision)\b[^=\n]*= *"([^"]+)"', file.read_text("utf-8"), re.MULTILINE)
        )
        known |= {said["revision"]} if "revision" in said else set()
        followed |= {said["down_revision"]} if "down_revision" in said else set()
    return known - followed
