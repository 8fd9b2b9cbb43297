"""Cases are opened, ended and opened again as the folds find them, and those who are asked what is urgent are told."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from backend.gas import queries
from backend.gas.rules.conflicts import URGENT, Question, deadline_at, owner_of
from backend.gas.tables import Account, CustodyCase, Cylinder, Scan, ShiftClose
from backend.gas.tables.parts import KEY_CHARS_MAX
from backend.kernel.clock import DISTRICT_ZONE
from backend.kernel.context import Ctx
from backend.notifications.actions import Telling, Word, notify_all
from mobile_contract import gas as wire
from mobile_contract.custody import CaseKind, CaseState
from mobile_contract.gas import HolderKind
from mobile_contract.texts.gas_cases import QUESTIONS

KIND = "custody_cases"


@dataclass(frozen=True, slots=True)
class Subject:
    """What a case is about."""

    id: str
    area_path: str
    team_id: str | None
    cylinder_key: str = ""
    known: bool = True
    """Whether `cylinder_key` names a cylinder; else it is what somebody typed in."""
    account: str = ""
    shift: bool = False


def about_cylinder(row: Cylinder) -> Subject:
    """A case about a cylinder's chain."""
    return Subject(row.id, row.area_path, row.team_id, cylinder_key=row.key)


def about_unread(row: Scan | wire.Scan, team_id: str | None) -> Subject:
    """A case about a scan whose label could not be read."""
    return Subject(row.id, row.area_path, team_id, cylinder_key=row.raw[:KEY_CHARS_MAX], known=False)


def about_home(row: Account) -> Subject:
    """A case about what was done at one home."""
    return Subject(row.id, row.area_path, row.team_id, account=row.code)


def about_shift(row: ShiftClose) -> Subject:
    """A case about the close of a shift."""
    return Subject(row.id, row.area_path, row.team_id, shift=True)


def settle_cases(ctx: Ctx, asked: Sequence[tuple[Subject, Iterable[Question]]]) -> None:
    """Opens what is asked anew, and ends as corrected what nobody needs to ask any more.

    Those who are asked are told of what is urgent.
    """
    subjects = {subject.id: subject for subject, _ in asked}
    known = {(case.subject_id, case.kind, case.act_id): case for case in queries.cases_of(ctx, subjects)}
    wanted = {(subject.id, q.kind.value, q.act): q for subject, questions in asked for q in questions}
    for key, case in known.items():
        if key not in wanted and case.state == CaseState.open:
            case.state, case.ended_at = CaseState.corrected.value, ctx.now()
            ctx.session.add(case)
        elif key in wanted and case.state == CaseState.corrected:
            case.state, case.ended_at = CaseState.open.value, None
            ctx.session.add(case)
    fresh = [_opened(ctx, subjects[key[0]], question) for key, question in wanted.items() if key not in known]
    if fresh:
        ctx.session.add_all(fresh)
        ctx.session.flush()
        # What a late scan may yet mend is shown in the list; only what cannot wait makes a sound.
        notify_all(ctx, [_telling(case) for case in fresh if CaseKind(case.kind) in URGENT])


def _opened(ctx: Ctx, subject: Subject, question: Question) -> CustodyCase:
    now = ctx.now()
    return CustodyCase(
        kind=question.kind.value,
        subject_id=subject.id,
        cylinder_id=subject.id if subject.cylinder_key and subject.known else None,
        cylinder_key=subject.cylinder_key,
        account=subject.account,
        shift_close_id=subject.id if subject.shift else None,
        act_id=question.act,
        last_act_id=question.last_act,
        asked=[party.model_dump(mode="json") for party in question.asked],
        owner_id=owner_of(question.asked),
        state=CaseState.open.value,
        opened_at=now,
        deadline_at=deadline_at(question.kind, now),
        area_path=subject.area_path,
        team_id=subject.team_id,
    )


def _telling(case: CustodyCase) -> Telling:
    workers = [party["id"] for party in case.asked if party["kind"] == HolderKind.worker]
    filled: Mapping[str, str] = {"cylinder": case.cylinder_key, "account": case.account}
    zh, en = (text.format_map(filled) for text in QUESTIONS[case.kind])
    until = case.deadline_at.astimezone(DISTRICT_ZONE).strftime("%m-%d %H:%M")
    params = {"zh": zh, "en": en, "until": until}
    return workers, Word("gas.case_opened", f"gas_case:{case.id}", params, about=(KIND, case.id), urgent=True)
