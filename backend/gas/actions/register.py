"""The register: cylinders under codes that are never used again."""

from collections.abc import Sequence

from backend.gas import queries, rules
from backend.gas.actions.folding import refold
from backend.gas.actions.places import need_places
from backend.gas.actions.registrations import need_own_registration
from backend.gas.queries.rulings import rule_tables
from backend.gas.rules.dates import RuleTable, due_dates
from backend.gas.tables import Cylinder
from backend.kernel.context import Ctx
from mobile_contract.gas import Block, HolderKind, Place
from mobile_contract.gas_papers import SaidPapers
from mobile_contract.gas_register import NewCylinder
from qr import payload

CODE_TOLD_CHARS_MAX = 60
PAPERS = tuple(SaidPapers.model_fields)
_LABELLED = ("certificate_no", "registration_code", "maker_code")


def register_cylinders(ctx: Ctx, asks: Sequence[NewCylinder]) -> list[Cylinder]:
    """Registers cylinders, all or none; one that was met unregistered before keeps its scans.

    Refuses with gas.code_invalid (fault and position), .code_names_no_cylinder, .code_taken, .registration_code_taken,
    .label_disagrees, .spec_unknown, .dates_impossible, .account_unknown, .area_unknown, .team_unknown.
    """
    need_places(ctx, [(ask.area_path, ask.team_id) for ask in asks])
    named = [name_of(ctx, ask.code) for ask in asks]
    if (twice := rules.known_once([key for key, _ in named])) is not None:
        raise rules.CodeTaken(code=twice)
    told = [_as_labelled(ask, code) for ask, (_, code) in zip(asks, named, strict=True)]
    need_own_registration(ctx, {key: ask.registration_code for ask, (key, _) in zip(told, named, strict=True)})
    held = {ask.account for ask in asks if ask.account}
    if held and held - queries.account_codes(ctx, held):
        raise rules.AccountUnknown
    met = queries.cylinders_by_key(ctx, [key for key, _ in named])
    tables = rule_tables(ctx)
    rows = [_row(ctx, ask, key, code, met.get(key), tables) for ask, (key, code) in zip(told, named, strict=True)]
    ctx.session.add_all(rows)
    ctx.session.flush()
    refold(ctx, list(met.values()))
    return rows


def name_of(ctx: Ctx, text: str) -> tuple[str, str]:
    """(key, what the label says) of a code as printed, or of 16 bare digits, which get a label of ours.

    Refuses with gas.code_invalid and gas.code_names_no_cylinder.
    """
    try:
        read = payload.parse(text)
        key = payload.cylinder_key(read)
        if key is None:
            raise rules.CodeNamesNoCylinder(code=text[:CODE_TOLD_CHARS_MAX])
        if isinstance(read, payload.BareCode):
            origin = payload.parse(f"{ctx.settings.public_url.rstrip('/')}/C/{_checked(read.code)}")
            return key, payload.format(origin)
        return key, payload.format(read)
    except payload.PayloadError as fault:
        told = text[:CODE_TOLD_CHARS_MAX]
        raise rules.CodeInvalid(fault=fault.fault.value, position=fault.position, code=told) from None


def _as_labelled(ask: NewCylinder, code: str) -> NewCylinder:
    """What a label of others tells of papers and maker counts where the ask says nothing.

    Refuses with gas.label_disagrees where the two contradict each other.
    """
    label = payload.parse(code) if code.startswith("[") else None
    if not isinstance(label, payload.QpsafeText):
        return ask
    for name, asked, told in (
        *((name, getattr(ask, name), getattr(label, name)) for name in _LABELLED),
        ("serial", ask.serial, label.stamp_no),
        ("made_on", f"{ask.made_on:%Y-%m}", label.made_month),
    ):
        if asked and told and asked != told:
            raise rules.LabelDisagrees(field=name, said=asked, label=told)
    said = {name: getattr(ask, name) or getattr(label, name) for name in _LABELLED}
    return ask.model_copy(update=said)


def _checked(code: str) -> str:
    return payload.format(payload.Cylinder(code, "https://local")).rpartition("/")[2]


def _row(
    ctx: Ctx, ask: NewCylinder, key: str, code: str, met: Cylinder | None, tables: Sequence[RuleTable]
) -> Cylinder:
    if met is not None and met.registered:
        raise rules.CodeTaken(code=key)
    today = queries.today(ctx)
    due = due_dates(ask.spec, ask.made_on, today, ask.inspected_on, ask.design_life_months, tables)
    row = met or Cylinder(
        key=key,
        code=code,
        place=_place(ask).value,
        holder_kind=(HolderKind.customer if ask.account else HolderKind.station).value,
        holder_id=ask.account or ask.station,
        # Said here, since a default made by `list` costs as much as the whole row.
        gaps=[],
        blocked=[],
        area_path=ask.area_path,
        created_at=ctx.now(),
    )
    row.code, row.serial, row.owner, row.spec = code, ask.serial, ask.owner, ask.spec
    row.certificate_no, row.registration_code = ask.certificate_no, ask.registration_code
    row.maker_code, row.stamped_tare_g = ask.maker_code, ask.stamped_tare_g
    row.born_owner, row.born_station = ask.owner, "" if ask.account else ask.station
    row.born_papers = {name: value for name in PAPERS if (value := getattr(ask, name))}
    row.made_on, row.inspected_on = ask.made_on, ask.inspected_on
    row.stamped_life_months = ask.design_life_months
    row.next_inspection_on, row.life_end_on = due.next_inspection_on, due.life_end_on
    row.born_due_on, row.born_life_end_on = due.next_inspection_on, due.life_end_on
    row.rule_version = row.born_rule_version = due.rule_version
    row.area_path, row.team_id = ask.area_path, ask.team_id
    row.registered, row.born_full, row.born_account = True, ask.full or ask.account is not None, ask.account or ""
    row.blocked = [reason for reason in row.blocked if reason != Block.unregistered]
    row.block_count = len(row.blocked)
    return row


def _place(ask: NewCylinder) -> Place:
    if ask.account:
        return Place.at_customer
    return Place.full_at_station if ask.full else Place.registered
