"""The one table of cases: every state, and every act with where it leads, who may, when, and whether off line. Pure.

Source: the seven steps of CJJ/T 106 and GB/T 30428 as two public systems show them (neither text was read): finding,
registration, dispatch, handling, feedback, check and closing, evaluation.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from backend.cases.rules.refusals import OutOfOrder
from mobile_contract.cases import Act, State, Timer

S, A, T = State, Act, Timer


class Offline(StrEnum):
    """Whether a phone may do it without a network."""

    no = "no"
    yes = "yes"
    asked = "asked"
    """The wish is taken off line; a desk decides on line."""


class Guard(StrEnum):
    """What must hold beside the state; `guards` says how each is judged."""

    photo = "photo"
    two_photos = "two_photos"
    """Near and far, or before and after."""
    photo_fresh = "photo_fresh"
    """None of its photos is with the case already: what showed the finding does not show that it is gone."""
    self_disposable = "self_disposable"
    on_the_spot = "on_the_spot"
    sent_there = "sent_there"
    time_of_day = "time_of_day"
    """At the finding's time of day, where its code wants that (同时段): who sells at night is not sought at noon."""
    conditions_ticked = "conditions_ticked"
    similar_seen = "similar_seen"
    master_fit = "master_fit"
    returned_often = "returned_often"
    of_the_unit = "of_the_unit"
    not_asked_yet = "not_asked_yet"
    asked = "asked"
    return_in_window = "return_in_window"
    before_due = "before_due"
    not_suspended = "not_suspended"
    suspended = "suspended"
    not_the_handler = "not_the_handler"
    reply_given = "reply_given"
    reopen_allowed = "reopen_allowed"
    appeal_in_window = "appeal_in_window"
    audit_due = "audit_due"
    another_reviewer = "another_reviewer"
    """A second appeal is decided by another person than the first."""


G = Guard


@dataclass(frozen=True, slots=True)
class Standing:
    """A line of the states: what it is called, who holds the case, which clock runs, and what the public is shown."""

    zh: str
    holder: str
    timer: Timer | None
    shown: str = "open"
    """The status of Open311."""


STATES: Mapping[State, Standing] = {
    S.reported: Standing("已上报", "acceptor", T.accept),
    S.pending_verify: Standing("待核实", "collector", T.verify),
    S.verified: Standing("已核实", "acceptor", T.accept),
    S.verify_unable: Standing("无法核实", "acceptor", T.accept),
    S.not_accepted: Standing("不予受理", "", None, "closed"),
    S.registered: Standing("已立案", "dispatcher", T.dispatch),
    S.dispatched: Standing("已派遣", "unit", T.handle),
    S.handling: Standing("处理中", "handler", T.handle),
    S.returned: Standing("已回退", "dispatcher", T.dispatch),
    S.handled: Standing("处理完毕", "dispatcher", T.check),
    S.checking: Standing("核查中", "checker", T.check),
    S.check_failed: Standing("核查不通过", "unit", T.handle),
    S.check_passed: Standing("核查通过", "acceptor", T.close),
    S.closed: Standing("结案", "", None, "closed"),
    S.forced_closed: Standing("强制结案", "", None, "closed"),
    S.cancelled: Standing("作废", "", None, "closed"),
    S.transferred: Standing("移交", "", None, "closed"),
    S.merged: Standing("并案", "", None, "closed"),
}
ENDED = frozenset(state for state, standing in STATES.items() if standing.timer is None)
OPEN = frozenset(STATES) - ENDED
WITH_UNIT = frozenset({S.dispatched, S.handling, S.check_failed})
"""The unit has it in hand."""


@dataclass(frozen=True, slots=True)
class Move:
    """A line of the table. `before` empty: it makes the case. `after` None: the state stays."""

    act: Act
    before: frozenset[State]
    after: State | None
    permission: str
    offline: Offline
    guards: tuple[Guard, ...] = ()


def _on(*states: State) -> frozenset[State]:
    return frozenset(states)


_REPORT, _LOOK, _HANDLE = "cases.report", "cases.look", "cases.handle"
_ACCEPT, _DISPATCH, _COMMAND = "cases.accept", "cases.dispatch", "cases.command"
_CLOSE, _SUPERVISE, _EVALUATE = "cases.close", "cases.supervise", "cases.evaluate"
_NEW, _YES, _NO, _ASKED = frozenset[State](), Offline.yes, Offline.no, Offline.asked
_ACCEPTABLE = _on(S.reported, S.verified, S.verify_unable)

# fmt: off
MOVES: Mapping[Act, Move] = {move.act: move for move in (
    # finding
    Move(A.report, _NEW, S.reported, _REPORT, _YES, (G.photo,)),
    Move(A.self_dispose, _NEW, S.closed, _LOOK, _YES, (G.two_photos, G.self_disposable)),
    # verification and registration
    Move(A.ask_verify, _on(S.reported, S.verify_unable), S.pending_verify, _ACCEPT, _NO),
    Move(A.verify_exist, _on(S.pending_verify), S.verified, _LOOK, _YES, (G.sent_there, G.photo, G.on_the_spot)),
    Move(A.verify_not_exist, _on(S.pending_verify), S.not_accepted, _LOOK, _YES, (G.sent_there, G.photo, G.on_the_spot)),  # noqa: E501
    Move(A.verify_unable, _on(S.pending_verify), S.verify_unable, _LOOK, _YES, (G.sent_there,)),
    Move(A.register, _on(S.reported, S.verified), S.registered, _ACCEPT, _NO, (G.conditions_ticked, G.similar_seen)),
    Move(A.reject, _ACCEPTABLE, S.not_accepted, _ACCEPT, _NO),
    Move(A.merge, OPEN, S.merged, _ACCEPT, _NO, (G.master_fit,)),
    Move(A.transfer, _ACCEPTABLE | _on(S.registered, S.returned), S.transferred, _ACCEPT, _NO),
    # dispatch
    Move(A.dispatch, _on(S.registered, S.returned, S.dispatched, S.handling, S.check_failed), S.dispatched, _DISPATCH, _NO),  # noqa: E501
    Move(A.force_dispatch, _on(S.returned), S.dispatched, _COMMAND, _NO, (G.returned_often,)),
    # handling
    Move(A.accept, _on(S.dispatched), S.handling, _HANDLE, _YES, (G.of_the_unit,)),
    Move(A.rework, _on(S.check_failed), S.handling, _HANDLE, _YES, (G.of_the_unit,)),
    Move(A.finish, _on(S.dispatched, S.handling, S.check_failed), S.handled, _HANDLE, _YES, (G.of_the_unit, G.photo, G.photo_fresh, G.on_the_spot)),  # noqa: E501
    Move(A.ask_return, _on(S.dispatched, S.handling), None, _HANDLE, _ASKED, (G.of_the_unit, G.not_asked_yet, G.return_in_window)),  # noqa: E501
    Move(A.grant_return, _on(S.dispatched, S.handling), S.returned, _DISPATCH, _NO, (G.asked,)),
    Move(A.deny_return, WITH_UNIT, None, _DISPATCH, _NO, (G.asked,)),
    Move(A.ask_extension, WITH_UNIT, None, _HANDLE, _ASKED, (G.of_the_unit, G.not_asked_yet, G.before_due)),
    Move(A.grant_extension, WITH_UNIT, None, _DISPATCH, _NO, (G.asked, G.not_suspended)),
    Move(A.deny_extension, WITH_UNIT, None, _DISPATCH, _NO, (G.asked,)),
    Move(A.ask_suspension, WITH_UNIT, None, _HANDLE, _ASKED, (G.of_the_unit, G.not_asked_yet, G.not_suspended)),
    Move(A.grant_suspension, WITH_UNIT, None, _COMMAND, _NO, (G.asked, G.not_suspended)),
    Move(A.deny_suspension, WITH_UNIT, None, _COMMAND, _NO, (G.asked,)),
    Move(A.resume, WITH_UNIT, None, _COMMAND, _NO, (G.suspended,)),
    Move(A.review_suspension, WITH_UNIT, None, _COMMAND, _NO, (G.suspended,)),
    Move(A.give_orders, WITH_UNIT, None, _DISPATCH, _NO),
    Move(A.orders_done, WITH_UNIT, S.handled, _HANDLE, _NO),
    # check and closing
    Move(A.send_check, _on(S.handled, S.checking), S.checking, _DISPATCH, _NO, (G.not_the_handler,)),
    Move(A.check_pass, _on(S.checking), S.check_passed, _LOOK, _YES, (G.not_the_handler, G.sent_there, G.photo, G.photo_fresh, G.on_the_spot, G.time_of_day)),  # noqa: E501
    Move(A.check_fail, _on(S.checking), S.check_failed, _LOOK, _YES, (G.not_the_handler, G.sent_there, G.photo, G.on_the_spot)),  # noqa: E501
    Move(A.check_unable, _on(S.checking), S.handled, _LOOK, _YES, (G.not_the_handler, G.sent_there)),
    Move(A.close, _on(S.check_passed), S.closed, _CLOSE, _NO, (G.reply_given,)),
    Move(A.force_close, OPEN, S.forced_closed, _COMMAND, _NO),
    Move(A.cancel, OPEN, S.cancelled, _COMMAND, _NO),
    # afterwards, and from above
    Move(A.reopen, _on(S.closed, S.forced_closed), S.registered, _EVALUATE, _NO, (G.reopen_allowed,)),
    Move(A.supervise, OPEN, None, _SUPERVISE, _NO),
    Move(A.answer_supervision, OPEN, None, _HANDLE, _NO, (G.of_the_unit,)),
    Move(A.evaluate, _on(S.closed, S.forced_closed), None, _EVALUATE, _NO),
    Move(A.audit_ok, _on(S.closed), None, _EVALUATE, _NO, (G.audit_due, G.not_the_handler)),
    Move(A.audit_bad, _on(S.closed), S.registered, _EVALUATE, _NO, (G.audit_due, G.not_the_handler)),
    Move(A.ask_appeal, _on(S.closed, S.forced_closed), None, _HANDLE, _ASKED, (G.of_the_unit, G.not_asked_yet, G.appeal_in_window)),  # noqa: E501
    Move(A.grant_appeal, _on(S.closed, S.forced_closed), None, _EVALUATE, _NO, (G.asked, G.another_reviewer)),
    Move(A.deny_appeal, _on(S.closed, S.forced_closed), None, _EVALUATE, _NO, (G.asked, G.another_reviewer)),
)}
# fmt: on


def move(act: Act, state: State | None) -> Move:
    """The line by which `act` goes on from `state` (None: there is no case yet); refuses with cases.out_of_order."""
    line = MOVES[act]
    if state not in line.before if state is not None else bool(line.before):
        raise OutOfOrder(state=state.value if state else "", act=act.value)
    return line
