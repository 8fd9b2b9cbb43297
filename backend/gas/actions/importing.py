"""Registers from files over HTTP: parts are kept, the file is read once, and its lines are taken turn by turn.

Each turn is one job: what it takes, what it tells of bad lines, and the wish for the next turn commit together. So a
server that is killed goes on where it stood, nothing is taken twice, and phones get a turn between two of them.
"""

from collections.abc import Iterator
from dataclasses import asdict, replace
from datetime import timedelta
from hashlib import sha256
from typing import Any

import orjson

from backend.gas.actions.imports import LINES_PER_TURN, Line, Report, import_accounts, import_cylinders, read_lines
from backend.gas.actions.places import MANAGE, need_places
from backend.gas.queries import imports as queries
from backend.gas.rules.import_refusals import (
    ImportEnded,
    ImportExists,
    ImportStarted,
    LinesTooMany,
    PartInvalid,
    PartsMissing,
)
from backend.gas.tables import GasImport, GasImportPart, GasImportTurn
from backend.kernel.audit import record
from backend.kernel.context import Ctx
from backend.kernel.jobs import enqueue
from backend.people import queries as people
from mobile_contract import gas_imports as wire
from mobile_contract.gas_imports import ImportState, ImportWhat
from qr.payload import PayloadError, cylinder_key, parse
from sync.refusal import Refusal

READ_JOB, TAKE_JOB, SWEEP_JOB = "gas.import_read", "gas.import_take", "gas.import_sweep"
LEFT_ALONE = timedelta(days=7)
SWEPT_AT_ONCE = 20
_DEEDS = {ImportWhat.cylinders: import_cylinders, ImportWhat.accounts: import_accounts}


def begin_import(ctx: Ctx, ask: wire.NewImport) -> GasImport:
    """Says what comes; the same again answers the same.

    Refuses with gas.import_exists, gas.area_unknown and gas.team_unknown.
    """
    need_places(ctx, [(ask.area_path, ask.team_id)])
    known = queries.import_by_id(ctx, ask.id)
    if known is not None:
        if (known.what, known.name, known.person_id) != (ask.what.value, ask.name, ctx.principal.person_id):
            raise ImportExists
        return known
    row = GasImport(
        **ask.model_dump(exclude={"what"}),
        what=ask.what.value,
        state=ImportState.receiving.value,
        person_id=ctx.principal.person_id or None,
        created_at=ctx.now(),
    )
    ctx.session.add(row)
    ctx.session.flush()
    return row


def keep_part(ctx: Ctx, import_id: str, number: int, content: bytes) -> GasImport:
    """Keeps a part of the file; sent again it takes the place of the first.

    Refuses with gas.import_unknown, gas.import_started and gas.part_invalid.
    """
    row = _receiving(ctx, import_id)
    if not (1 <= number <= wire.PARTS_MAX and 1 <= len(content) <= wire.PART_BYTES_MAX):
        raise PartInvalid(parts_max=wire.PARTS_MAX, bytes_max=wire.PART_BYTES_MAX)
    part = queries.part_of(ctx, row.id, number) or GasImportPart(import_id=row.id, number=number, content=b"")
    part.content = content
    ctx.session.add(part)
    ctx.session.flush()
    row.parts = len(queries.part_numbers(ctx, row.id))
    ctx.session.add(row)
    ctx.session.flush()
    return row


def start_import(ctx: Ctx, import_id: str, ask: wire.StartImport) -> GasImport:
    """The file is whole: it is read and taken in behind. The same again changes nothing.

    Refuses with gas.import_unknown and gas.parts_missing.
    """
    row = queries.import_row(ctx, import_id)
    ctx.principal.require(MANAGE, row.area_path)
    if row.state != ImportState.receiving:
        return row
    missing = sorted(set(range(1, ask.parts + 1)) ^ set(queries.part_numbers(ctx, row.id)))
    if missing or sha256(queries.content_of(ctx, row.id)).hexdigest() != ask.sha256:
        raise PartsMissing(missing=", ".join(map(str, missing)) or "sha256")
    row.state, row.started_at = ImportState.reading.value, ctx.now()
    ctx.session.add(row)
    enqueue(ctx, READ_JOB, {"import": row.id}, key=f"{READ_JOB}:{row.id}")
    record(ctx, "gas.import_started", f"gas_import:{row.id}", what=row.what, name=row.name)
    return row


def cancel_import(ctx: Ctx, import_id: str) -> GasImport:
    """Stops an import between two turns; what was taken stays. The same again changes nothing.

    Refuses with gas.import_unknown and gas.import_ended.
    """
    row = queries.import_row(ctx, import_id)
    ctx.principal.require(MANAGE, row.area_path)
    if row.state == ImportState.cancelled:
        return row
    if row.state in (ImportState.done, ImportState.failed):
        raise ImportEnded
    _forget_parts(ctx, row.id)
    for turn in queries.turns_waiting(ctx, row.id):
        turn.lines = b""
        ctx.session.add(turn)
    row.state, row.ended_at = ImportState.cancelled.value, ctx.now()
    ctx.session.add(row)
    ctx.session.flush()
    record(ctx, "gas.import_cancelled", f"gas_import:{row.id}", lines_done=row.lines_done, taken=row.taken)
    return row


def _receiving(ctx: Ctx, import_id: str) -> GasImport:
    row = queries.import_row(ctx, import_id)
    ctx.principal.require(MANAGE, row.area_path)
    if row.state != ImportState.receiving:
        raise ImportStarted
    return row


# -- read once -----------------------------------------------------------------------------------------------------


def read_file(ctx: Ctx, import_id: str) -> dict[str, Any]:
    """Cuts the file into turns, without holding up writers: {"import", "turns": [JSON of lines], "lines", "why"}."""
    row = queries.import_by_id(ctx, import_id)
    assert row is not None, "imports stay"
    turns: list[bytes] = []
    lines = 0
    try:
        for turn in _turns(row.what, read_lines(row.what, row.name, queries.content_of(ctx, row.id))):
            turns.append(orjson.dumps(turn, option=orjson.OPT_NON_STR_KEYS))
            lines += len(turn["lines"])
            if lines > wire.LINES_MAX:
                raise LinesTooMany(limit=wire.LINES_MAX)
    except Refusal as refusal:
        why = {"code": refusal.code, "params": dict(refusal.params)}
        return {"import": import_id, "turns": [], "lines": 0, "why": why}
    return {"import": import_id, "turns": turns, "lines": lines, "why": None}


def _turns(what: str, lines: Iterator[Line]) -> Iterator[dict[str, Any]]:
    """Lines in portions; with each the names in it that an earlier portion had, and the line of it."""
    seen: dict[str, int] = {}
    turn: dict[str, Any] = {"lines": [], "first": {}}
    for line in lines:
        name = _name(what, line.cells.get("code", ""))
        first = seen.setdefault(name, line.number) if name else line.number
        if first != line.number:
            turn["first"][name] = first
        turn["lines"].append((line.number, line.cells))
        if len(turn["lines"]) == LINES_PER_TURN:
            yield turn
            turn = {"lines": [], "first": {}}
    if turn["lines"]:
        yield turn


def _name(what: str, code: str) -> str:
    if what == ImportWhat.accounts:
        return code
    try:
        return cylinder_key(parse(code)) or ""
    except PayloadError:
        return ""


def keep_turns(ctx: Ctx, read: dict[str, Any]) -> None:
    """Keeps the turns in place of the file, and wishes the first."""
    row = queries.import_by_id(ctx, read["import"])
    assert row is not None, "imports stay"
    if row.state != ImportState.reading:
        return
    _forget_parts(ctx, row.id)
    row.lines, row.why = read["lines"], read["why"]
    for number, lines in enumerate(read["turns"], 1):
        ctx.session.add(GasImportTurn(import_id=row.id, number=number, lines=lines))
    row.state = ImportState.taking.value
    if row.why is not None or not read["turns"]:
        row.state = (ImportState.failed if row.why else ImportState.done).value
        row.ended_at = ctx.now()
    else:
        _wish(ctx, row.id, 1)
    ctx.session.add(row)


def _forget_parts(ctx: Ctx, import_id: str) -> None:
    for part in queries.parts_of(ctx, import_id):
        ctx.session.delete(part)


def _wish(ctx: Ctx, import_id: str, number: int) -> None:
    enqueue(ctx, TAKE_JOB, {"import": import_id, "turn": number}, key=f"{TAKE_JOB}:{import_id}:{number}")


# -- taken turn by turn --------------------------------------------------------------------------------------------


def take_turn(ctx: Ctx, import_id: str, number: int) -> None:
    """Takes the lines of one turn in the name of whoever sent the file, and wishes the next. Safe to run twice."""
    row, turn = queries.import_by_id(ctx, import_id), queries.turn_of(ctx, import_id, number)
    assert row is not None, "imports stay"
    if turn is None or not turn.lines or row.state != ImportState.taking:
        return
    told = orjson.loads(turn.lines)
    report = Report(seen=dict(told["first"]))
    lines = [Line(line, cells) for line, cells in told["lines"]]
    acting = replace(ctx, caller=people.principal_of(ctx, row.person_id or "", None))
    _DEEDS[ImportWhat(row.what)](acting, lines, report, row.area_path, row.team_id or "")
    turn.bad = [_told(asdict(bad)) for bad in sorted(report.bad, key=lambda bad: bad.number)]
    turn.lines = b""
    row.taken += report.taken
    row.unchanged += report.unchanged
    row.bad += len(turn.bad)
    row.lines_done += len(lines)
    if queries.turn_of(ctx, import_id, number + 1) is None:
        row.state, row.ended_at = ImportState.done.value, ctx.now()
    else:
        _wish(ctx, import_id, number + 1)
    ctx.session.add_all([row, turn])


def _told(bad: dict[str, Any]) -> dict[str, Any]:
    return {"line": bad.pop("number")} | bad


def sweep_imports(ctx: Ctx) -> None:
    """Forgets files that were never whole, after a week."""
    for row in queries.left_alone(ctx, ctx.now() - LEFT_ALONE, SWEPT_AT_ONCE):
        _forget_parts(ctx, row.id)
        row.state, row.ended_at = ImportState.failed.value, ctx.now()
        row.why = {"code": PartsMissing.code, "params": {"missing": "…"}}
        ctx.session.add(row)
