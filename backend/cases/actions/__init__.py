"""What is done to cases: in the field, at the desks, and by their clocks."""

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
from backend.cases.actions.record import KIND, Said, scopes_of
from backend.cases.actions.timing import tell_levels

__all__ = [
    "KIND",
    "LOOKED",
    "Said",
    "accept",
    "act_on",
    "answer_supervision",
    "ask_verify",
    "cancel",
    "close",
    "decide",
    "dispatch",
    "enter",
    "evaluate",
    "force_close",
    "merge",
    "open_for_alarm",
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
