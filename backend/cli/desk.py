"""people, jobs, keys, audit, labels, publish: what whoever holds the server's shell may do."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from backend.cli import home
from backend.cli.talk import Exit, local, out, progress, refuse, say, table, tell
from backend.kernel import spreadsheets

if TYPE_CHECKING:
    from backend.kernel.context import Ctx
    from backend.people.actions import Report
    from qr.sheets import Label

LABELS_PER_PAGE_OF_LIST = 200
Demo = Annotated[bool, typer.Option("--demo", help=say("用演示区的数据", "on the demo's data"))]


def declare(app: typer.Typer) -> None:
    """Puts the commands of this file under `gridcrew`."""
    app.command(help=say("生成并检查公开契约。", "Generate what phone authors read, or compare it."))(publish)
    people, jobs, keys, audit, labels = (typer.Typer(no_args_is_help=True, rich_markup_mode=None) for _ in range(5))
    app.add_typer(people, name="people", help=say("人员", "people"))
    app.add_typer(jobs, name="jobs", help=say("后台任务", "jobs"))
    app.add_typer(keys, name="keys", help=say("签名密钥", "signing keys"))
    app.add_typer(audit, name="audit", help=say("审计链", "the audit chain"))
    app.add_typer(labels, name="labels", help=say("打印标签", "labels to print"))
    people.command("import", help=say("从 CSV 或 Excel 导入人员。", "Take people on from a CSV or Excel file."))(
        bring_in
    )
    people.callback()(_group)
    for group in (jobs, keys, audit, labels):
        group.callback()(_group)
    jobs.command("list", help=say("列出任务。", "List jobs."))(list_jobs)
    jobs.command("retry", help=say("重新运行失败的任务。", "Give a failed job all its tries again."))(retry_job)
    keys.command("rotate", help=say("启用新的签名密钥。", "A new key signs from now on."))(rotate)
    audit.command("verify", help=say("校验审计链。", "Prove the audit chain."))(verify)
    labels.command("cylinders", help=say("把气瓶标签排成 PDF。", "Labels of cylinders as a PDF."))(cylinder_labels)


def _group() -> None:
    """A group of commands."""


# -- the contract -------------------------------------------------------------------------------------------------


def publish(
    check: Annotated[bool, typer.Option("--check", help=say("只比较，不写", "compare only"))] = False,
) -> None:
    """Prints the files that were stale; with --check, ends with 1 when there are any."""
    from backend import publish as published

    try:
        stale = published.publish(check)
    except published.WireChanged as changed:
        refuse("contract.wire_changed", str(changed), Exit.found_wrong)
    for name in stale:
        out().print(name, markup=False)
    if stale and check:
        tell("以上文件与代码不一致；运行 make contract", "These files are stale; run make contract")
        raise typer.Exit(int(Exit.found_wrong))
    tell("契约是最新的。" if not stale else "契约已更新。", "The contract is fresh." if not stale else "Published.")


# -- people -------------------------------------------------------------------------------------------------------


def bring_in(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help=".csv, .xlsx")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help=say("只看结果，不写入", "show, change nothing"))] = False,
    area: Annotated[str | None, typer.Option(help=say("默认区域路径", "area of lines without one"))] = None,
    report: Annotated[Path | None, typer.Option("--report", help=say("把结果写成 CSV", "write a CSV"))] = None,
    demo: Demo = False,
) -> None:
    """Each good line is taken, each bad line is told. Ends with 1 when there were bad ones."""
    from backend.people import actions

    settings = home.demo_settings() if demo else home.settings_of()
    lines = actions.read_people_file(file.name, file.read_bytes())
    with home.operating(settings) as ctx:
        came = actions.import_people(ctx, lines, area, dry_run=dry_run)
    rows = _report_rows(came)
    headings = [say("行", "line"), say("结果", "result"), say("列", "column"), say("说明", "what")]
    table(say("导入结果", "what came of it"), headings, rows)
    if report is not None:
        write_csv(report, headings, rows)
    tell(
        f"新增 {len(came.created)}，更新 {len(came.updated)}，未变 {len(came.unchanged)}，错误 {len(came.bad)}"
        + ("（试运行，未写入）" if dry_run else ""),
        f"new {len(came.created)}, updated {len(came.updated)}, unchanged {len(came.unchanged)}, bad {len(came.bad)}"
        + (" (dry run: nothing was written)" if dry_run else ""),
    )
    if came.bad:
        raise typer.Exit(int(Exit.found_wrong))


def _report_rows(came: "Report") -> list[tuple[int, str, str, str]]:
    code = say("一次性代码 ", "one-time code ")
    rows = [(new.number, say("新增", "new"), "", f"{new.name} {new.phone} {code}{new.code}") for new in came.created]
    rows += [(number, say("更新", "updated"), "", "") for number in came.updated]
    rows += [(number, say("未变", "unchanged"), "", "") for number in came.unchanged]
    rows += [(bad.number, say("错误", "bad"), bad.column, f"{bad.code}  {say(bad.zh, bad.en)}") for bad in came.bad]
    return sorted(rows)


def write_csv(file: Path, headings: list[str], rows: Sequence[tuple[spreadsheets.Cell, ...]]) -> None:
    """Writes a table as a CSV that a spreadsheet opens without running anything in it."""
    with file.open("wb") as target:
        spreadsheets.write_csv(target, list(headings), map(list, rows))


# -- jobs, keys, audit --------------------------------------------------------------------------------------------


def list_jobs(
    state: Annotated[str | None, typer.Option(help="waiting, running, done, failed")] = None, demo: Demo = False
) -> None:
    """The newest 200."""
    from backend.kernel import jobs

    try:
        wanted = jobs.JobState(state) if state else None
    except ValueError:
        refuse("jobs.state_unknown", f"{state}: {', '.join(jobs.JobState)}", Exit.usage)
    with home.looking(home.demo_settings() if demo else home.settings_of()) as ctx:
        rows = [
            (row.id, row.name, local(row.run_after_at), row.tries, _state_of(row), row.last_error)
            for row in jobs.list_jobs(ctx.session, wanted)
        ]
    columns = ["id", say("任务", "job"), say("应运行于", "due"), say("次数", "tries")]
    table(say("任务", "jobs"), [*columns, say("状态", "state"), say("错误", "error")], rows)


def _state_of(row: object) -> str:
    for field, zh, en in (
        ("failed_at", "失败", "failed"),
        ("done_at", "完成", "done"),
        ("held_by", "运行中", "running"),
    ):
        if getattr(row, field):
            return say(zh, en)
    return say("等待", "waiting")


def retry_job(job_id: str, demo: Demo = False) -> None:
    """Only a job that has failed for good."""
    from backend.kernel import jobs

    with home.operating(home.demo_settings() if demo else home.settings_of()) as ctx:
        done = jobs.retry(ctx, job_id)
    if not done:
        refuse("jobs.not_failed", say("没有这个失败的任务。", "There is no such failed job."), Exit.found_wrong)
    tell("已重新排队。", "It will run again.")


def rotate(
    withdraw: Annotated[
        bool, typer.Option("--withdraw", help=say("旧令牌立即失效（密钥泄露时）", "refuse the old tokens at once"))
    ] = False,
    demo: Demo = False,
) -> None:
    """Prints the id of the new key."""
    from backend.people import actions

    with home.operating(home.demo_settings() if demo else home.settings_of()) as ctx:
        kid = actions.rotate_keys(ctx, withdraw=withdraw)
    out().print(kid)


def verify(demo: Demo = False) -> None:
    """Prints number and hash of the last entry: keep them elsewhere, and a cut-off end shows as well."""
    from backend.kernel import audit

    with home.looking(home.demo_settings() if demo else home.settings_of()) as ctx:
        broken, (seq, digest) = audit.verify(ctx.session), audit.head(ctx.session)
    if broken is not None:
        text = say(f"从第 {broken} 条起被改动或缺失。", f"Changed or missing from entry {broken} on.")
        refuse("audit.broken", text, Exit.found_wrong)
    out().print(f"{seq} {digest}")
    tell(f"审计链完整，共 {seq} 条。", f"The chain is whole: {seq} entries.")


# -- labels -------------------------------------------------------------------------------------------------------


def cylinder_labels(
    file: Annotated[Path, typer.Option("--out", help=say("PDF 文件", "the PDF to write"))],
    search: Annotated[
        str | None, typer.Option("--search", help=say("编号或钢印号的一部分", "part of code or serial"))
    ] = None,
    spec: Annotated[str | None, typer.Option(help=say("规格", "size"))] = None,
    layout: Annotated[str, typer.Option(help="a4-2x7, a4-3x4, roll-50x70")] = "a4-2x7",
    limit: Annotated[int, typer.Option(min=1, max=20_000)] = 1_000,
    demo: Demo = False,
) -> None:
    """Each symbol is read back before the sheet is written."""
    from backend.kernel.clock import SystemClock
    from qr import sheets

    layouts = {"a4-2x7": sheets.A4_2X7, "a4-3x4": sheets.A4_3X4, "roll-50x70": sheets.ROLL_50X70}
    if layout not in layouts:
        refuse("labels.layout_unknown", f"{layout}: {', '.join(layouts)}", Exit.usage)
    with home.looking(home.demo_settings() if demo else home.settings_of()) as ctx:
        labels = _labels(ctx, search, spec, limit)
    if not labels:
        refuse("labels.none", say("没有符合条件的气瓶。", "No cylinder fits."), Exit.found_wrong)
    with progress() as bar:
        task = bar.add_task(say("排版并回读", "drawing and reading back"), total=len(labels))
        try:
            made = sheets.make_sheets(
                labels, layouts[layout], SystemClock().now(), progress=lambda done: bar.update(task, completed=done)
            )
        except sheets.SheetError as fault:
            refuse(fault.code, say(f"第 {fault.index + 1} 个标签", f"label {fault.index + 1}"), Exit.found_wrong)
    file.write_bytes(made.pdf)
    out().print(str(file), markup=False)
    tell(f"{made.labels} 个标签，{made.pages} 页。", f"{made.labels} labels on {made.pages} pages.")


def _labels(ctx: "Ctx", search: str | None, spec: str | None, limit: int) -> "list[Label]":
    from backend.gas import queries
    from mobile_contract.gas_lists import CylinderFilter
    from qr.payload import parse
    from qr.render import level_for
    from qr.sheets import Label

    labels: list[Label] = []
    cursor: str | None = None
    while len(labels) < limit:
        page = queries.cylinders(ctx, CylinderFilter(q=search, spec=spec), cursor, LABELS_PER_PAGE_OF_LIST)
        for row in page.items:
            captions = (row.serial or row.key, row.spec, row.owner)
            labels.append(Label(row.code, tuple(line for line in captions if line), level_for(parse(row.code))))
        cursor = page.next
        if cursor is None:
            break
    return labels[:limit]
