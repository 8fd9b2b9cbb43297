"""Code tables: what is in force, what a case was taken under, who answers for what; and tables as files."""

from collections.abc import Collection, Sequence
from io import BytesIO

import orjson
from sqlalchemy import ColumnElement, or_
from sqlmodel import col, select

from backend.cases.rules import codefiles
from backend.cases.rules.refusals import CodeTableUnknown
from backend.cases.tables import Case, CaseCode, CaseCompetence, CodeTable
from backend.kernel.clock import DISTRICT_ZONE
from backend.kernel.context import Ctx
from backend.kernel.paging import beyond, cursor_of, cut, read_cursor
from backend.kernel.spreadsheets import Row, write_csv, write_xlsx
from mobile_contract import casecodes as wire
from mobile_contract.base import Page
from mobile_contract.cases import CodeKind


def _districts(ctx: Ctx) -> Sequence[str]:
    """Reference data is seen by everybody who works in the district."""
    return sorted({grant.area.split("/")[1] for grant in ctx.principal.grants})


def code_tables(ctx: Ctx) -> list[wire.CodeTable]:
    """Every version that was taken in, newest first."""
    wanted = select(CodeTable).where(col(CodeTable.district).in_(_districts(ctx)))
    return [table_shape(row) for row in ctx.session.exec(wanted.order_by(col(CodeTable.id).desc())).all()]


def codes(ctx: Ctx, kind: CodeKind | None, cursor: str | None, limit: int) -> Page[wire.CaseCode]:
    """A page of the codes in force, by their numbers."""
    wanted = select(CaseCode).where(col(CaseCode.district).in_(_districts(ctx)), col(CaseCode.current).is_(True))
    if kind is not None:
        wanted = wanted.where(CaseCode.kind == kind.value)
    order = [col(CaseCode.kind), col(CaseCode.big), col(CaseCode.small), col(CaseCode.id)]
    if cursor:
        wanted = wanted.where(beyond(order, read_cursor(cursor, str, str, str, str)))
    rows = ctx.session.exec(wanted.order_by(*order).limit(limit + 1)).all()
    page, following = cut(rows, limit, lambda row: cursor_of(row.kind, row.big, row.small, row.id))
    return Page(items=[code_shape(row) for row in page], next=following)


def competences(ctx: Ctx) -> list[wire.Competence]:
    """Who answers for what in the reader's districts."""
    mine = or_(*(col(CaseCompetence.area_path).startswith(f"/{d}/", autoescape=True) for d in _districts(ctx)))
    order = (CaseCompetence.area_path, CaseCompetence.kind, CaseCompetence.big, CaseCompetence.small)
    rows = ctx.session.exec(select(CaseCompetence).where(mine).order_by(*order).limit(wire.COMPETENCES_MAX)).all()
    return [
        wire.Competence(
            kind=CodeKind(row.kind),
            big=row.big,
            small=row.small or None,
            area_path=row.area_path,
            team_id=row.team_id,
            scene=row.scene,
        )
        for row in rows
    ]


def table_shape(row: CodeTable) -> wire.CodeTable:
    """A version of a table as it travels."""
    return wire.CodeTable.model_validate(row, from_attributes=True)


def code_shape(row: CaseCode) -> wire.CaseCode:
    """A code as it travels."""
    return wire.CaseCode.model_validate(row, from_attributes=True)


def table_file(ctx: Ctx, table_id: str, wanted: wire.CodeFormat) -> bytes:
    """A version of a table as a file that can be taken in again; refuses with cases.code_table_unknown."""
    row = ctx.session.get(CodeTable, table_id)
    if row is None or row.district not in _districts(ctx):
        raise CodeTableUnknown
    lines = codefiles.written(code_shape(code) for code in codes_of_table(ctx, table_id))
    if wanted is wire.CodeFormat.json:
        return orjson.dumps(lines, option=orjson.OPT_INDENT_2)
    names, target = list(codefiles.HEADINGS), BytesIO()
    rows: list[Row] = [[line[name] for name in names] for line in lines]
    if wanted is wire.CodeFormat.csv:
        write_csv(target, list(names), rows)
    else:
        write_xlsx(target, "代码表", list(names), rows)
    return target.getvalue()


# -- for deeds -----------------------------------------------------------------------------------------------------


def table_named(ctx: Ctx, district: str, standard: str, version: str) -> CodeTable | None:
    """A version of a table by its name."""
    wanted = select(CodeTable).where(
        CodeTable.district == district, CodeTable.standard == standard, CodeTable.version == version
    )
    return ctx.session.exec(wanted).first()


def newest_of(ctx: Ctx, district: str, standard: str) -> CodeTable | None:
    """The version of a table that was taken in last."""
    wanted = select(CodeTable).where(CodeTable.district == district, CodeTable.standard == standard)
    return ctx.session.exec(wanted.order_by(col(CodeTable.id).desc()).limit(1)).first()


def newest_tables(ctx: Ctx, district: str) -> list[CodeTable]:
    """The tables that may have a say, newest first: of each scene the last, and all others."""
    wanted = select(CodeTable).where(CodeTable.district == district).order_by(col(CodeTable.id).desc())
    found: dict[str, CodeTable] = {}
    for table in ctx.session.exec(wanted):
        found.setdefault(table.standard if codefiles.of_scene(table.standard) else table.id, table)
    return list(found.values())


def scene_numbers(ctx: Ctx, district: str, scene: str) -> dict[tuple[str, str, str], str]:
    """Numbers that other scenes' tables hold, and the standard of each."""
    wanted = select(CaseCode).where(
        CaseCode.district == district,
        _holds(CaseCode.current),
        col(CaseCode.standard).startswith(codefiles.SCENE, autoescape=True),
        CaseCode.standard != f"{codefiles.SCENE}{scene}",
    )
    return {(code.kind, code.big, code.small): code.standard for code in ctx.session.exec(wanted)}


def numbers_in_force(ctx: Ctx, district: str) -> frozenset[tuple[str, str, str]]:
    """(kind, class, code) of every code in force."""
    return frozenset((code.kind, code.big, code.small) for code in current_codes(ctx, district, list(CodeKind)))


def current_tables(ctx: Ctx, district: str) -> Sequence[CodeTable]:
    """The tables of which codes are in force."""
    return ctx.session.exec(select(CodeTable).where(CodeTable.district == district, _holds(CodeTable.current))).all()


def current_codes(ctx: Ctx, district: str, kinds: Collection[str]) -> Sequence[CaseCode]:
    """The codes in force of these kinds."""
    wanted = select(CaseCode).where(
        CaseCode.district == district, col(CaseCode.kind).in_(sorted(kinds)), _holds(CaseCode.current)
    )
    return ctx.session.exec(wanted).all()


def codes_of_table(ctx: Ctx, table_id: str) -> Sequence[CaseCode]:
    """The codes of a version, by their numbers."""
    order = (CaseCode.kind, CaseCode.big, CaseCode.small)
    return ctx.session.exec(select(CaseCode).where(CaseCode.table_id == table_id).order_by(*order)).all()


def _holds(column: object) -> ColumnElement[bool]:
    held: ColumnElement[bool] = col(column).is_(True)
    return held


def any_current(ctx: Ctx, district: str, kind: str) -> bool:
    """Whether a table of this kind is in force."""
    wanted = select(CaseCode.id).where(CaseCode.district == district, CaseCode.kind == kind, _holds(CaseCode.current))
    return ctx.session.exec(wanted.limit(1)).first() is not None


def current_code(ctx: Ctx, area_path: str, kind: str, big: str, small: str) -> CaseCode | None:
    """The code in force where and when an act was done; None: no table knows it."""
    wanted = select(CaseCode).where(
        CaseCode.district == area_path.split("/")[1],
        CaseCode.kind == kind,
        CaseCode.big == big,
        CaseCode.small == small,
        _holds(CaseCode.current),
    )
    found = ctx.session.exec(wanted).first()
    on = ctx.done_at().astimezone(DISTRICT_ZONE).date()
    if found is None or (found.since_on and on < found.since_on) or (found.until_on and on > found.until_on):
        return None
    return found


def code_of_case(ctx: Ctx, case: Case) -> CaseCode | None:
    """The code a case was taken under, of the version that was in force then."""
    return ctx.session.get(CaseCode, case.code_id) if case.code_id else None


def competent(ctx: Ctx, case: Case) -> list[str]:
    """The units that answer for a case: of the innermost area that says anything of its code, a code before its class,
    a desk's word before a scene file's; empty where nothing is said."""
    parts = case.area_path.strip("/").split("/")
    around = [f"/{'/'.join(parts[: i + 1])}/" for i in range(len(parts))]
    rows = ctx.session.exec(
        select(CaseCompetence).where(
            col(CaseCompetence.area_path).in_(around),
            CaseCompetence.kind == case.kind,
            CaseCompetence.big == case.big,
            col(CaseCompetence.small).in_(["", case.small]),
        )
    ).all()
    best = max(map(_weight, rows), default=None)
    return sorted(row.team_id for row in rows if _weight(row) == best)


def _weight(row: CaseCompetence) -> tuple[int, str, bool]:
    return len(row.area_path), row.small, row.scene == ""


def competences_of(ctx: Ctx, area_path: str) -> Sequence[CaseCompetence]:
    """What a desk says of one area."""
    wanted = select(CaseCompetence).where(CaseCompetence.area_path == area_path, CaseCompetence.scene == "")
    return ctx.session.exec(wanted).all()


def competences_by(ctx: Ctx, district: str, scene: str) -> Sequence[CaseCompetence]:
    """What a scene's file says in a district."""
    within = col(CaseCompetence.area_path).startswith(f"/{district}/", autoescape=True)
    return ctx.session.exec(select(CaseCompetence).where(within, CaseCompetence.scene == scene)).all()
