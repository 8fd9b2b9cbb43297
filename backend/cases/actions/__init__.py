"""What is done to cases: in the field, at the desks, and by their clocks."""

from backend.cases.actions.codes import EXAMPLE, EXAMPLE_FILE, code_scopes, import_codes, put_competences
from backend.cases.actions.desk import (
    answer_supervision,
    ask_verify,
    cancel,
    close,
    decide,
    dispatch,
    enter,
    evaluate,
    force_close,
    merge,
    register,
    reject,
    reopen,
    resume,
    send_check,
    supervise,
    transfer,
)
from backend.cases.actions.field import LOOKED, accept, act_on, open_for_alarm, report
from backend.cases.actions.orders import case_stepped, give_orders, order_stepped
from backend.cases.actions.record import KIND, Said, scopes_of
from backend.cases.actions.timing import recount_provisional, tell_levels

__all__ = [
    "EXAMPLE",
    "EXAMPLE_FILE",
    "KIND",
    "LOOKED",
    "Said",
    "accept",
    "act_on",
    "answer_supervision",
    "ask_verify",
    "cancel",
    "case_stepped",
    "close",
    "code_scopes",
    "decide",
    "dispatch",
    "enter",
    "evaluate",
    "force_close",
    "give_orders",
    "import_codes",
    "merge",
    "open_for_alarm",
    "order_stepped",
    "put_competences",
    "recount_provisional",
    "register",
    "reject",
    "reopen",
    "report",
    "resume",
    "scopes_of",
    "send_check",
    "supervise",
    "tell_levels",
    "transfer",
]
