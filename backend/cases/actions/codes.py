"""Code tables: taken in whole or not at all, and who answers for what."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import astuple
from pathlib import Path

import orjson

from backend.cases import queries
from backend.cases.rules import codefiles, daytimes
from backend.cases.rules.codefiles import SCENE, Code, Fault, of_scene
from backend.cases.rules.refusals import AreaUnknown, CodeVersionTaken, UnitElsewhere, UnitUnknown
from backend.cases.tables import Case, CaseCode, CaseCompetence, CodeTable
from backend.kernel.context import Ctx
from backend.kernel.spreadsheets import as_meant
from backend.people import actions as people_deeds
from backend.people import queries as people
from mobile_contract import casecodes as wire
from mobile_contract.cases import CodeKind
from mobile_contract.problems import Texts
from mobile_contract.scenes import NewScene, SceneCaseCode

MANAGE = "cases.manage"
EXAMPLE_FILE = Path(__file__).parents[1] / "codes" / "example.json"
EXAMPLE = wire.CodeTableNamed(
    standard="example-codes",
    version="2026-1",
    jurisdiction="440111",
    certainty="names as in two public apps; limits, conditions, times of check invented; compared with no standard",
    example=True,
)
"""What comes with the house: to try things out, without authority; no conformity to any standard is claimed."""


def import_codes(
    ctx: Ctx, named: wire.CodeTableNamed, file: str, content: bytes, *, dry_run: bool = False
) -> wire.CodeImport:
    """Takes a version of a code table from a .csv, .xlsx or .json file; with a single bad line nothing, and every bad
    line is told. From then on it is the one in force for its kinds; cases stay with the version they were taken under.

    Refuses with people.file_unreadable, people.file_too_large, cases.code_version_taken.
    """
    ctx.principal.require(MANAGE, f"/{ctx.settings.district}/")
    codes, faults = _read(file, content)
    if faults:
        return wire.CodeImport(table=None, taken=0, unchanged=False, faults=[_told(fault) for fault in faults])
    digest = _digest(codes)
    known = queries.table_named(ctx, ctx.settings.district, named.standard, named.version)
    if known is not None and known.digest != digest:
        raise CodeVersionTaken(version=f"{named.standard}@{named.version}")
    if known is not None:
        return wire.CodeImport(table=queries.table_shape(known), taken=0, unchanged=True, faults=[])
    if dry_run:
        return wire.CodeImport(table=None, taken=len(codes), unchanged=False, faults=[])
    table = _take(ctx, named, codes, digest)
    return wire.CodeImport(table=queries.table_shape(table), taken=len(codes), unchanged=False, faults=[])


def _read(file: str, content: bytes) -> tuple[list[Code], list[Fault]]:
    if file.lower().endswith(".json"):
        lines, faults = codefiles.lines_of_json(content[: people_deeds.FILE_BYTES_MAX].decode("utf-8", "replace"))
    else:
        rows: Iterable[tuple[int, list[str]]] = people_deeds.sheet_rows(file, content)
        if file.lower().endswith(".csv"):
            rows = [(number, [as_meant(cell) for cell in row]) for number, row in rows]
        lines, faults = codefiles.lines_of_sheet(rows)
    return codefiles.read(lines) if not faults else ([], faults)


def _told(fault: Fault) -> wire.CodeFault:
    return wire.CodeFault(line=fault.line, column=fault.column, why=Texts(zh=fault.why[0], en=fault.why[1]))


def _digest(codes: Sequence[Code]) -> str:
    return hashlib.sha256(orjson.dumps(sorted(map(_plain, codes)))).hexdigest()


def _plain(code: Code) -> list[str]:
    return [repr(part) for part in astuple(code)]


def _take(ctx: Ctx, named: wire.CodeTableNamed, codes: Sequence[Code], digest: str) -> CodeTable:
    district = ctx.settings.district
    table = CodeTable(
        **named.model_dump(), district=district, current=False, lines=len(codes), digest=digest, taken_at=ctx.now()
    )
    ctx.session.add(table)
    ctx.session.flush()
    ctx.session.add_all([_row(table, code) for code in codes])
    ctx.session.flush()
    _put_in_force(ctx, district)
    return table


def _row(table: CodeTable, code: Code) -> CaseCode:
    return CaseCode(
        table_id=table.id,
        district=table.district,
        standard=table.standard,
        version=table.version,
        example=table.example,
        current=False,
        kind=code.kind.value,
        big=code.big,
        small=code.small,
        big_name=code.big_name,
        name=code.name,
        since_on=code.since_on,
        until_on=code.until_on,
        self_disposable=code.self_disposable,
        same_time_of_day=code.same_time_of_day,
        conditions=list(code.conditions),
        limits=[{"grade": grade, "amount": amount, "unit": unit.value} for grade, amount, unit in code.limits],
    )


def _put_in_force(ctx: Ctx, district: str) -> None:
    """Of each number one line is in force: that of its scene, else that of the newest table that has its kind."""
    ctx.session.flush()
    tables = queries.newest_tables(ctx, district)
    lines = {table.id: queries.codes_of_table(ctx, table.id) for table in tables}
    chosen: dict[tuple[str, str, str], str] = {}
    kinds: set[str] = set()
    for table in sorted(tables, key=lambda one: not of_scene(one.standard)):
        new = {code.kind for code in lines[table.id]} - kinds
        for code in lines[table.id]:
            if of_scene(table.standard) or code.kind in new:
                chosen.setdefault((code.kind, code.big, code.small), code.id)
        kinds |= set() if of_scene(table.standard) else new
    held = set(chosen.values())
    found = {code.id: code for some in lines.values() for code in some}
    found |= {code.id: code for code in queries.current_codes(ctx, district, list(CodeKind))}
    for code in found.values():
        if code.current != (code.id in held):
            code.current = code.id in held
            ctx.session.add(code)
    held_tables = {found[id_].table_id for id_ in held}
    for table in {one.id: one for one in (*tables, *queries.current_tables(ctx, district))}.values():
        table.current = table.id in held_tables
        ctx.session.add(table)
    ctx.session.flush()


def take_scene_codes(ctx: Ctx, scene: NewScene) -> tuple[str | None, bool]:
    """Takes a scene's codes as the next version of its own table, where they are not as they were: (the version in
    force or None, whether it is new). They go before what other tables say of the same numbers.

    Refuses with auth.not_allowed.
    """
    ctx.principal.require(MANAGE, f"/{ctx.settings.district}/")
    codes = [_of_scene(code) for code in scene.codes]
    standard, digest = f"{SCENE}{scene.scene}", _digest(codes)
    before = queries.newest_of(ctx, ctx.settings.district, standard)
    if before is None and not codes:
        return None, False
    if before is not None and before.digest == digest:
        return f"{standard}@{before.version}" if codes else None, False
    named = wire.CodeTableNamed(
        standard=standard,
        version=str(int(before.version) + 1 if before else 1),
        jurisdiction=ctx.settings.district,
        certainty=scene.certainty,
        example=scene.example,
    )
    table = _take(ctx, named, codes, digest)
    return f"{standard}@{table.version}" if codes else None, True


def _of_scene(code: SceneCaseCode) -> Code:
    """As a line of a table."""
    return Code(
        kind=code.kind,
        big=code.big,
        small=code.small,
        big_name=code.big_name,
        name=code.name,
        since_on=code.since_on,
        until_on=code.until_on,
        self_disposable=code.self_disposable,
        same_time_of_day=code.same_time_of_day,
        conditions=tuple(code.conditions),
        limits=tuple((limit.grade, limit.amount, limit.unit) for limit in code.limits),
    )


def name_code(ctx: Ctx, case: Case) -> bool:
    """Has a case refer to the code in force, in its version, and be checked when that says; False: a table is in force
    and does not know the code."""
    code = queries.current_code(ctx, case.area_path, case.kind, case.big, case.small)
    case.code_id = code.id if code else None
    case.code_version = f"{code.standard}@{code.version}" if code else ""
    case.check_from_min = case.check_until_min = None
    if code is not None and code.same_time_of_day:
        daytime = daytimes.around(case.reported_at, queries.practice(ctx).same_time_within_min)
        case.check_from_min, case.check_until_min = daytime
    return code is not None or not queries.any_current(ctx, case.area_path.split("/")[1], case.kind)


def code_scopes(row: CaseCode) -> list[str]:
    """Reference data of the whole district, so long as it is in force."""
    return [f"district:{row.district}"] if row.current else []


def take_scene_competences(ctx: Ctx, scene: str, lines: Sequence[wire.Competence]) -> int:
    """Says who answers for what as a scene's file does; what it said before is replaced, a desk's word stays.

    Refuses with auth.not_allowed.
    """
    district = ctx.settings.district
    ctx.principal.require(MANAGE, f"/{district}/")
    known = {_key(row): row for row in queries.competences_by(ctx, district, scene)}
    wanted = {_key(one): one for one in (_competence(line, scene) for line in lines)}
    for key in known.keys() - wanted.keys():
        ctx.session.delete(known[key])
    ctx.session.add_all([wanted[key] for key in sorted(wanted.keys() - known.keys())])
    ctx.session.flush()
    return len(wanted)


def _competence(line: wire.Competence, scene: str) -> CaseCompetence:
    return CaseCompetence(
        area_path=line.area_path,
        kind=line.kind.value,
        big=line.big,
        small=line.small or "",
        team_id=line.team_id,
        scene=scene,
    )


def _key(row: CaseCompetence) -> tuple[str, ...]:
    return row.area_path, row.kind, row.big, row.small, row.team_id


def put_competences(ctx: Ctx, ask: wire.PutCompetences) -> list[wire.Competence]:
    """Says who answers for what in an area; what a desk said of that area before is replaced.

    Refuses with cases.area_unknown, cases.unit_unknown, cases.unit_elsewhere.
    """
    ctx.principal.require(MANAGE, ask.area_path)
    if not people.area_exists(ctx, ask.area_path):
        raise AreaUnknown
    for team_id in {line.team_id for line in ask.lines}:
        area = people.team_area(ctx, team_id)
        if area is None:
            raise UnitUnknown
        if area.split("/")[1] != ask.area_path.split("/")[1]:
            raise UnitElsewhere
    for row in queries.competences_of(ctx, ask.area_path):
        ctx.session.delete(row)
    ctx.session.flush()
    wanted = {(line.kind.value, line.big, line.small or "", line.team_id) for line in ask.lines}
    ctx.session.add_all(
        [
            CaseCompetence(area_path=ask.area_path, kind=kind, big=big, small=small, team_id=team)
            for kind, big, small, team in sorted(wanted)
        ]
    )
    ctx.session.flush()
    return queries.competences(ctx)
