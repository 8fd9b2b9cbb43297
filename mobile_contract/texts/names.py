"""Names of fields, states and commands as a crew says them, in Chinese and English: for texts of conflicts."""

from collections.abc import Collection, Mapping
from typing import Any

from mobile_contract.texts.casestory import STORY
from mobile_contract.texts.faults import FAULTS

NAMES: dict[str, tuple[str, str]] = {
    "note": ("任务说明", "note"),
    "crew_note": ("班组备注", "crew's note"),
    "priority": ("优先级", "priority"),
    "photos": ("照片", "photos"),
    "step": ("任务状态", "step"),
    "state": ("状态", "state"),
    "holder": ("持有人", "holder"),
    "planned": ("已排定", "planned"),
    "released": ("待开工", "to do"),
    "started": ("进行中", "under way"),
    "paused": ("已暂停", "paused"),
    "done": ("已完工", "done"),
    "closed": ("已验收", "accepted"),
    "cancelled": ("已撤销", "cancelled"),
    "missed": ("漏做", "missed"),
    "rework": ("待返工", "to be done again"),
    "excused": ("已免做", "excused"),
    "open": ("待处理", "open"),
    "settled": ("已处理", "settled"),
    "late": ("迟到", "late"),
    "serious_late": ("严重迟到", "very late"),
    "absent_late": ("旷工迟到", "so late that it counts as an absence"),
    "early": ("早退", "left early"),
    "missing": ("缺卡", "a clock-in is missing"),
    "absent": ("旷工", "absent"),
    "moot": ("打卡记录已补传，无需补卡", "no longer needed: the clock-in has come"),
    "approved": ("已通过", "approved"),
    "refused": ("未通过", "refused"),
    "edit": ("修改", "edit"),
    "workorders.claim": ("接单", "claim"),
    "workorders.answer": ("填写检查项", "answer an item"),
    "workorders.start": ("开工", "start"),
    "workorders.pause": ("暂停", "pause"),
    "workorders.resume": ("继续", "resume"),
    "workorders.finish": ("完工", "finish"),
    "workorders.plan": ("排定", "plan"),
    "workorders.release": ("下发", "give out"),
    "workorders.reassign": ("改派", "reassign"),
    "workorders.cancel": ("撤销", "cancel"),
    "workorders.close": ("验收", "accept"),
    "workorders.inspected_ok": ("检查通过", "pass the inspection"),
    "workorders.inspected_bad": ("检查不通过", "fail the inspection"),
    "workorders.miss": ("判为漏做", "call missed"),
    "workorders.excuse": ("免做", "excuse"),
    "workorders.merge": ("并入其他工单", "merge"),
    "workorders.absorb": ("并入其他工单", "absorb"),
    "workorders.reopen": ("重新下发", "give out again"),
    "workorders.extend": ("延期", "extend"),
    "workorders.halt": ("叫停", "halt"),
    "workorders.lift": ("恢复作业", "lift the halt"),
    "workorders.replan": ("调整计划", "replan"),
    "attendance.clock_in": ("打卡", "clock in"),
    "gas.scan": ("扫瓶", "scan"),
    "gas.answer_case": ("答复核查事项", "answer a case"),
    "reported": ("已上报", "reported"),
    "pending_verify": ("待核实", "to be verified"),
    "verified": ("已核实", "verified"),
    "verify_unable": ("无法核实", "not verifiable"),
    "not_accepted": ("不予受理", "not accepted"),
    "registered": ("已立案", "registered"),
    "dispatched": ("已派遣", "dispatched"),
    "handling": ("处理中", "in hand"),
    "returned": ("已回退", "returned"),
    "handled": ("处理完毕", "handled"),
    "checking": ("核查中", "being checked"),
    "check_failed": ("核查不通过", "check failed"),
    "check_passed": ("核查通过", "check passed"),
    "forced_closed": ("强制结案", "closed by force"),
    "transferred": ("已移交", "transferred"),
    "merged": ("已并入", "merged"),
    "ended": ("已停止", "ended"),
    "cases.report": ("上报", "report"),
    "cases.self_dispose": ("自行处置", "put right oneself"),
    "cases.verify": ("核实", "verify"),
    "cases.accept": ("接单", "accept"),
    "cases.rework": ("返工", "rework"),
    "cases.finish": ("处置完毕", "finish"),
    "cases.check": ("核查", "check"),
    "cases.ask_return": ("申请回退", "ask to return"),
    "cases.ask_extension": ("申请延期", "ask for an extension"),
    "cases.ask_suspension": ("申请挂账", "ask for suspension"),
    "cases.ask_appeal": ("申诉", "appeal"),
    "alarms.raise": ("报警", "raise an alarm"),
    "alarms.withdraw": ("撤回报警", "take an alarm back"),
    "alarms.acknowledge": ("确认收到报警", "acknowledge an alarm"),
    "sos": ("紧急求助", "call for help"),
    "gas_leak": ("燃气泄漏", "gas leak"),
    "road_collapse": ("路面塌陷", "road collapse"),
    "water_main": ("自来水管破裂", "burst water main"),
    "heat_main": ("热力管道破裂", "burst heat main"),
    "drain": ("下水道堵塞或破损", "blocked or broken drain"),
    "flooding": ("道路积水", "flooded road"),
    "fallen_cable": ("架空线缆损坏", "damaged overhead cable"),
    "fire": ("火情", "fire"),
    "fallen_tree": ("树木倒伏", "fallen tree"),
    "crowd": ("群体性事件", "crowd"),
    "other": ("其他险情", "another danger"),
    "sanitation": ("环卫保洁", "Sanitation"),
    "greening": ("园林绿化", "Greening"),
    "street_order": ("市容秩序", "Street order"),
    "conflicts.settle": ("处理冲突", "settle a conflict"),
}
"""Code as it travels -> (zh, en). What is missing is shown as it is."""
OF_CASES: dict[str, tuple[str, str]] = {
    "closed": ("已结案", "closed"),
    "cancelled": ("已作废", "cancelled"),
    "merged": ("已并案", "merged"),
}
"""What a case calls otherwise than an order does."""
NAMED = ("field", "state", "step", "cmd", "danger", "act")
"""Params of a reason that hold such a code."""
FAULTY = ("fault", "missing", "items", "suspicion", "why")
"""Params that hold what is wrong: a code, or a list of codes, each perhaps behind the item it is about."""
IN_CHINESE = "_zh"
"""A param `where_zh` is what the param `where` says in Chinese."""


def in_words(
    params: Mapping[str, Any], language: str, code: str = "", named: Collection[str] = NAMED
) -> dict[str, Any]:
    """The params of a reason or refusal with codes told in words; `code` is whose text they fill."""
    told = {
        name: word_of(name, value, language, code) if name in named and isinstance(value, str) else value
        for name, value in params.items()
    }
    told |= {name: _faults(told[name], language) for name in FAULTY if name in told}
    chinese = [name for name in told if language == "zh" and name + IN_CHINESE in told]
    return told | {name: told[name + IN_CHINESE] for name in chinese}


def _faults(value: Any, language: str) -> Any:
    if not isinstance(value, str | list | tuple):
        return value
    each = [value] if isinstance(value, str) else [str(one) for one in value]
    return ("、" if language == "zh" else ", ").join(_fault(one, language) for one in each)


def _fault(said: str, language: str) -> str:
    about, between, fault = said.rpartition(": ")
    words = FAULTS.get(fault)
    return said if words is None else about + between + words[0 if language == "zh" else 1]


def word_of(name: str, value: str, language: str, code: str = "") -> str:
    """What a code of this name is called in a text of `code`; as it is where it has no word."""
    place = 0 if language == "zh" else 1
    of_cases = code.startswith("cases.")
    if of_cases and name == "act" and value in STORY:
        return STORY[value][0] if language == "zh" else value.replace("_", " ")
    if of_cases and value in OF_CASES:
        return OF_CASES[value][place]
    act = f"{code.partition('.')[0]}.{value}"
    return NAMES.get(act if name == "act" and act in NAMES else value, (value, value))[place]
