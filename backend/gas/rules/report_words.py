"""How reports are worded: headings, and states as a desk says them, in Chinese and English. Pure."""

from datetime import date, timedelta

from mobile_contract.gas_reports import ReportKind

Words = tuple[str, str]
AGE_DAYS = (7, 30, 90, 180)
"""Ages of hazards are counted up to so many days, and beyond."""
DUE_DAYS = (0, 30, 90, 365)
"""Due dates are counted up to so many days from today, and beyond; the first band is what is past."""

TITLES: dict[ReportKind, Words] = {
    ReportKind.coverage: ("覆盖率", "coverage"),
    ReportKind.overdue: ("逾期未检", "overdue"),
    ReportKind.hazards: ("隐患明细", "hazards"),
    ReportKind.hazard_ages: ("隐患分类", "hazards by age"),
    ReportKind.cylinders: ("气瓶明细", "cylinders"),
    ReportKind.cylinder_dues: ("气瓶分布", "cylinders by due date"),
    ReportKind.campaign: ("专项", "campaign"),
}
HEADINGS: dict[ReportKind, tuple[Words, ...]] = {
    ReportKind.coverage: (
        ("街道", "street"),
        ("半年度", "half-year"),
        ("应检户数", "accounts"),
        ("已检户数", "checked"),
        ("覆盖率(%)", "coverage (%)"),
        ("到访不遇次数", "nobody met"),
        ("拒检次数", "refused"),
    ),
    ReportKind.overdue: (
        ("用户编号", "account"),
        ("户名", "name"),
        ("电话", "phone"),
        ("地址", "address"),
        ("区域", "area"),
        ("用户性质", "nature"),
        ("上次安检", "last check"),
        ("应检日期", "due"),
        ("逾期天数", "days overdue"),
        ("超过12个月", "over 12 months"),
        ("到访不遇次数", "nobody met"),
        ("拒检", "refused"),
        ("未整改隐患", "open hazards"),
        ("最高等级", "gravest"),
    ),
    ReportKind.hazards: (
        ("通知书编号", "notice"),
        ("用户编号", "account"),
        ("户名", "name"),
        ("电话", "phone"),
        ("地址", "address"),
        ("区域", "area"),
        ("检查项", "item"),
        ("隐患", "hazard"),
        ("等级", "grade"),
        ("状态", "state"),
        ("首次发现", "first found"),
        ("本次发现", "found"),
        ("存在天数", "age in days"),
        ("告知时间", "notified"),
        ("整改期限", "deadline"),
        ("逾期天数", "days overdue"),
        ("已上报至", "told to"),
        ("停止供气", "supply stopped"),
        ("整改要求", "measure"),
    ),
    ReportKind.hazard_ages: (
        ("检查项", "item"),
        ("隐患", "hazard"),
        ("等级", "grade"),
        ("7天内", "up to 7 days"),
        ("8至30天", "8 to 30 days"),
        ("31至90天", "31 to 90 days"),
        ("91至180天", "91 to 180 days"),
        ("180天以上", "over 180 days"),
        ("合计", "all"),
        ("其中逾期", "of these overdue"),
    ),
    ReportKind.cylinders: (
        ("气瓶编号", "cylinder"),
        ("钢印号", "serial"),
        ("使用登记证编号", "certificate"),
        ("使用登记代码", "registration code"),
        ("制造单位代号", "maker"),
        ("皮重(kg)", "tare (kg)"),
        ("产权单位", "owner"),
        ("规格", "spec"),
        ("位置", "place"),
        ("持有方", "holder"),
        ("持有方编号", "holder's name"),
        ("下次检验", "next inspection"),
        ("报废日期", "end of life"),
        ("封存原因", "blocked for"),
        ("缺失扫码", "scans missing"),
        ("最后扫码", "last scan"),
        ("区域", "area"),
    ),
    ReportKind.cylinder_dues: (
        ("位置", "place"),
        ("规格", "spec"),
        ("已超期", "past"),
        ("30天内到期", "due within 30 days"),
        ("31至90天", "31 to 90 days"),
        ("91至365天", "91 to 365 days"),
        ("一年以上", "over a year"),
        ("日期不详", "date unknown"),
        ("合计", "all"),
        ("其中封存", "of these blocked"),
    ),
    ReportKind.campaign: (
        ("用户编号", "account"),
        ("户名", "name"),
        ("地址", "address"),
        ("区域", "area"),
        ("班组", "teams"),
        ("联合单位", "units"),
        ("进度", "state"),
        ("到访次数", "visits"),
        ("最近结果", "last outcome"),
        ("最近到访", "last visit"),
        ("检查时间", "checked"),
        ("发现隐患", "hazards found"),
        ("未整改隐患", "hazards open"),
    ),
}
WORDS: dict[str, Words] = {
    "household": ("居民", "household"),
    "shop": ("非居民", "shop"),
    "open": ("待告知", "open"),
    "notified": ("已告知", "notified"),
    "rectified": ("待复查", "rectified"),
    "nobody": ("无", "nobody"),
    "company": ("企业", "company"),
    "street": ("街道", "street"),
    "district": ("区级", "district"),
    "registered": ("已登记", "registered"),
    "prefill_ok": ("充前合格", "checked before filling"),
    "full_at_station": ("站内重瓶", "full at station"),
    "on_vehicle_full": ("车上重瓶", "full on vehicle"),
    "at_customer": ("用户处", "at customer"),
    "on_vehicle_empty": ("车上空瓶", "empty on vehicle"),
    "empty_at_station": ("站内空瓶", "empty at station"),
    "sent_for_inspection": ("送检", "sent for inspection"),
    "lost": ("失踪", "lost"),
    "scrapped": ("报废", "scrapped"),
    "unseen": ("未知", "unseen"),
    "station": ("气站", "station"),
    "worker": ("送气工", "worker"),
    "customer": ("用户", "customer"),
    "inspection": ("检验站", "inspection station"),
    "inspection_due": ("超期未检", "inspection due"),
    "life_end": ("超使用年限", "past its life"),
    "foreign_owner": ("非本单位", "foreign owner"),
    "unregistered": ("未登记", "unregistered"),
    "label_clone": ("标签复制", "label copied"),
    "damage": ("损坏", "damage"),
    "recall": ("召回", "recall"),
    "dual_phase": ("双相气瓶", "dual phase"),
    "overfilled": ("超量充装", "overfilled"),
    "postfill_failed": ("充后检查不合格", "failed after filling"),
    "residual_missing": ("未称残液", "not weighed before filling"),
    "todo": ("未到访", "to do"),
    "tried": ("未检成", "tried"),
    "checked": ("已检待整改", "checked"),
    "cleared": ("已完成", "cleared"),
    "completed": ("已安检", "completed"),
    "not_met": ("到访不遇", "not met"),
    "refused": ("拒检", "refused"),
    "wrong_address": ("地址不符", "wrong address"),
    "nature_mismatch": ("性质不符", "nature differs"),
    "vacant": ("空置", "vacant"),
    "no_longer_lpg": ("已停用", "no longer on gas"),
    "postponed": ("改期", "postponed"),
    "yes": ("是", "yes"),
    "no": ("否", "no"),
}


def heading(kind: ReportKind, language: str) -> list[str | int | float]:
    """The heading of a report in a language; English for any but zh."""
    return [said(words, language) for words in HEADINGS[kind]]


def said(words: Words, language: str) -> str:
    """One of two ways to say it."""
    return words[0] if language == "zh" else words[1]


def word(value: str, language: str) -> str:
    """A state as a desk says it; one without a word as it travels."""
    return said(WORDS[value], language) if value in WORDS else value


def age_bounds(today: date) -> list[date]:
    """The first days of the bands of hazards' ages, newest first."""
    return [today - timedelta(days=days) for days in AGE_DAYS]


def due_bounds(today: date) -> list[date]:
    """The first days that lie beyond the bands of due dates: today, then ever later."""
    return [today + timedelta(days=days + (1 if days else 0)) for days in DUE_DAYS]
