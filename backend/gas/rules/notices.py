"""Notices that are left at a customer's: nobody was met, a check was refused, hazards to be mended. Pure.

The wording is a district's example and cites no law; what is neither here nor in the visit is written by hand.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from backend.gas.rules.home_refusals import NoNotice
from backend.gas.rules.homes import notice_number
from backend.kernel.calendar import local_day
from backend.kernel.clock import DISTRICT_ZONE
from mobile_contract.checklists import Checklist, deadline_days
from mobile_contract.homes import Answer, AnswerKind, SignedBy, Visit, VisitOutcome
from qr.pages import PageText

Words = tuple[str, str]
HAZARDS = "hazards"
TITLES: dict[str, Words] = {
    VisitOutcome.not_met.value: ("入户安检到访不遇告知单", "Notice: nobody was met for the gas safety check"),
    VisitOutcome.refused.value: ("拒绝入户安检告知单", "Notice: the gas safety check was refused"),
    HAZARDS: ("用气安全隐患整改通知书", "Notice: gas hazards to be mended"),
}
_CAPTIONS: dict[str, Words] = {
    "name": ("户名", "Customer"),
    "account": ("用户编号", "Account"),
    "address": ("地址", "Address"),
    "at": ("到访时间", "Visited"),
    "by": ("到访人员", "By"),
    "phone": ("联系电话", "Call back"),
}
_LEFT: dict[str, Words] = {
    VisitOutcome.not_met.value: (
        "您好！我们于上述时间上门，为您免费检查瓶装液化石油气用气安全，因无人应答未能入户。请来电预约方便的时间，我们将再次上门。",
        "We came at the time above to check the safety of your bottled gas, free of charge, and nobody answered. "
        "Please call us to name a time that suits you; we shall come again.",
    ),
    VisitOutcome.refused.value: (
        "您好！我们于上述时间上门，为您免费检查瓶装液化石油气用气安全，未获同意入户。安检关系您和邻居的安全，请来电预约；"
        "未完成安检的住户将告知所在街道。",
        "We came at the time above to check the safety of your bottled gas, free of charge, and were not let in. "
        "The check keeps you and your neighbours safe: please call us for another time. The street is told of homes "
        "that were not checked.",
    ),
    HAZARDS: (
        "本次入户安检发现以下用气安全隐患，请按期整改。整改完成前请勿使用有危险的设备；闻到燃气味时，请立即关阀、开窗、到室外报警。",
        "This check of your home found the hazards below. Please have them mended in time, and do not use what is "
        "dangerous until then. If you smell gas: close the valve, open the windows, and call for help from outside.",
    ),
}
_OFTEN: Words = (
    "因多次到访不遇，您下次订气时须同时预约入户安检。",
    "Nobody was met too often: your next order is taken together with a booked check.",
)
_STOPPED: Words = ("整改前暂停供气。", "No gas is handed over until it is mended.")
_ADVICE: Words = ("建议", "Advice")
_SIGNED: tuple[Words, ...] = (("用户签名", "Customer"), ("安检人员签名", "Inspector"), ("日期", "Date"))


@dataclass(frozen=True, slots=True)
class Facts:
    """What a notice says beside its visit."""

    visit: Visit
    name: str
    address: str
    by: str
    """Who came, all of them."""
    phone: str = ""
    listed: Checklist | None = None
    often: bool = False
    """With this visit nobody was met too often."""


def notice_of(facts: Facts, language: str) -> PageText:
    """The notice of a visit, in "zh" or "en"; refuses with gas.no_notice where it leaves none."""
    visit = facts.visit
    found, kind = _found(visit), notice_kind(visit)
    if kind is None:
        raise NoNotice
    say = _says(language)
    lines = [say(_LEFT[kind]), *([say(_OFTEN)] if facts.often else ())]
    lines += _hazards(facts, found, say)
    return PageText(
        title=say(TITLES[kind]),
        number=notice_number(visit.account, visit.trusted_at, visit.id),
        facts=_about(facts, say),
        paragraphs=lines,
        signed=[say(words) for words in _SIGNED],
        by_letter=language == "zh",
    )


def notice_kind(visit: Visit) -> str | None:
    """Which notice a visit leaves, if it leaves one."""
    kind = HAZARDS if visit.outcome is VisitOutcome.completed and _found(visit) else visit.outcome.value
    return kind if kind in TITLES else None


def _found(visit: Visit) -> list[Answer]:
    return [a for a in visit.answers if a.answer is AnswerKind.hazard and a.grade is not None and not a.fixed]


def _says(language: str) -> Callable[[Words], str]:
    return lambda words: words[0] if language == "zh" else words[1]


def _about(facts: Facts, say: Callable[[Words], str]) -> Sequence[tuple[str, str]]:
    visit = facts.visit
    told = {
        "name": facts.name,
        "account": visit.account,
        "address": facts.address,
        "at": f"{visit.trusted_at.astimezone(DISTRICT_ZONE):%Y-%m-%d %H:%M}",
        "by": facts.by,
        "phone": facts.phone or "____________________",
    }
    return [(say(_CAPTIONS[name]), value) for name, value in told.items() if value]


def _hazards(facts: Facts, found: Sequence[Answer], say: Callable[[Words], str]) -> Iterator[str]:
    if facts.listed is None:
        return
    items = {item.code: item for item in facts.listed.items}
    rules = {rule.grade: rule for rule in facts.listed.grades}
    for number, answer in enumerate(found, 1):
        assert answer.grade is not None, "only graded ones are told"
        item, rule = items.get(answer.item), rules.get(answer.grade)
        what = say((item.zh, item.en)) if item else answer.item
        lines = [f"{number}. {answer.item} {what} ({answer.grade.value.upper()})", answer.measure]
        lines.append(_until(facts, answer, say))
        lines.append(say(_STOPPED) if rule and rule.stops_supply else "")
        yield "\n".join(line for line in lines if line)


def _until(facts: Facts, answer: Answer, say: Callable[[Words], str]) -> str:
    """By when; counted from the notice, so a date only where somebody signed for it at the visit."""
    assert facts.listed is not None, "only what was checked by a list is told"
    assert answer.grade is not None, "only graded ones are told"
    days = deadline_days(facts.listed, answer.item, answer.grade)
    if days is None:
        return say(_ADVICE)
    told = notice_number(facts.visit.account, facts.visit.trusted_at, answer.hazard or facts.visit.id)
    if facts.visit.signed_by is SignedBy.nobody:
        return (
            say((f"整改期限：收到本通知后 {days} 天内", f"To be mended within {days} days of this notice"))
            + f"  [{told}]"
        )
    last_on = _day_after(facts.visit.trusted_at, days)
    return say((f"整改期限：{last_on}", f"To be mended by {last_on}")) + f"  [{told}]"


def _day_after(at: datetime, days: int) -> str:
    return (local_day(at) + timedelta(days=days)).isoformat()
