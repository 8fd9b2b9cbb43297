"""backup, restore: the durable copy of a district, and its return."""

from pathlib import Path
from typing import Annotated

import typer

from backend.cli import home
from backend.cli.talk import Exit, out, refuse, say, tell


def declare(app: typer.Typer) -> None:
    """Puts the commands of this file under `gridcrew`."""
    app.command(help=say("备份数据库，并告知手机。", "Copy the database and tell the phones."))(backup)
    app.command(help=say("从备份恢复（先停服务）。", "Bring a backup back; stop the server first."))(restore)


def backup(
    file: Annotated[Path | None, typer.Argument(help=say("备份文件（SQLite）", "where the copy goes (SQLite)"))] = None,
    note: Annotated[
        Path | None, typer.Option(help=say("备份前记下各队列位置", "note where the queues stand, before pg_dump"))
    ] = None,
    mark: Annotated[
        Path | None, typer.Option(exists=True, help=say("备份已落盘：按记录告知手机", "the noted copy is durable now"))
    ] = None,
) -> None:
    """Beside the running server. On PostgreSQL: `--note N`, then pg_dump and fsync, then `--mark N`."""
    from backend.kernel import backups

    if sum(given is not None for given in (file, note, mark)) != 1:
        refuse("backup.how", say("FILE、--note、--mark 三选一", "One of FILE, --note, --mark"), Exit.usage)
    settings = home.settings_of()
    if file is not None and home.sqlite_file(settings) is None:
        zh = "PostgreSQL 请用 pg_dump：--note N；pg_dump；--mark N"
        refuse("backup.how", say(zh, "On PostgreSQL use pg_dump: --note N, pg_dump, --mark N"), Exit.usage)
    if mark is not None:
        made = backups.read_note(mark.read_bytes())
    else:
        with home.looking(settings) as ctx:
            made = backups.copy_sqlite(ctx.session, file) if file else backups.note_of(ctx.session)
    if note is not None:
        note.write_bytes(made.text())
        tell("已记录；备份落盘后用 --mark。", "Noted; say --mark when the copy is on the disk.")
        return
    with home.operating(settings) as ctx:
        backups.mark(ctx, made)
    out().print(made.head)
    tell(f"已备份到第 {made.head} 号变更。", f"Backed up, to change {made.head}; phones may forget what it covers.")


def restore(
    file: Annotated[
        Path | None, typer.Argument(exists=True, dir_okay=False, help=say("备份文件（SQLite）", "the copy (SQLite)"))
    ] = None,
    restored: Annotated[
        bool, typer.Option("--restored", help=say("数据库已由 pg_restore 恢复", "pg_restore has brought it back"))
    ] = False,
) -> None:
    """Stop server and worker first. The present database is moved aside, not deleted. Prints the new life's name."""
    from backend.kernel import backups

    settings = home.settings_of()
    database = home.sqlite_file(settings)
    if (file is None) is not restored or (file is not None and database is None):
        refuse(
            "restore.how",
            say("SQLite：FILE；PostgreSQL：--restored", "SQLite: FILE; PostgreSQL: --restored"),
            Exit.usage,
        )
    if file is not None and database is not None:
        aside = backups.put_back(file, database)
        if aside is not None:
            tell(f"原数据库移至 {aside}", f"The database that was there is now {aside}")
        home.bring_up_to_date(settings)
    with home.operating(settings) as ctx:
        out().print(backups.begin_new_life(ctx))
    tell(
        "已恢复；手机会重新核对，并补发备份里没有的工作。",
        "Restored. Phones will reconcile, and send again what the backup does not hold.",
    )
