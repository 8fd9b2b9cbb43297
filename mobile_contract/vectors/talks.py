"""Talks with a server: what is sent, and what must be answered. Each begins a new epoch of one enrolled handset."""

from typing import Any

from mobile_contract.vectors import Case
from sync.protocol import MUTATION_BYTES_MAX, MUTATIONS_PER_PUSH_MAX

AT: dict[str, Any] = {"wall_ms": "<server_ms>", "mono_ms": 61_000, "boot": "b1"}
PUSH_PATH, PULL_PATH = "/sync/v1/push", "/sync/v1/pull"
ORDER = {"f": "row", "t": "workorders", "id": "<order>", "ver": "<ver>", "s": "<any>", "d": "<any>"}
FIRST: dict[str, Any] = {"first": {"epoch": "<epoch>", "n": 1}}
Step = dict[str, Any]


def talks() -> list[Case]:
    """Each case: `about`, `fresh` (ids to mint), `steps` of `{send, expect}`; `needs` rows of a kind to be there.

    Known from the start: `device`, `epoch`, `user`, `server_ms`, and another user's and device's ids `stranger`.
    """
    return [
        *_once_and_in_order(),
        *_nothing_blocks(),
        *_pulls(),
        *_rows(),
        *_refusals(),
    ]


def _once_and_in_order() -> list[Case]:
    first = push(clock_in(1))
    return [
        talk("the same push again is answered alike", step(first, took(1, "applied")), step(first, LIKE_BEFORE)),
        talk(
            "a gap is told before anything is done",
            step(push(clock_in(2)), problem(409, "sync.gap", expected=1)),
            step(push(clock_in(1), clock_in(2, "<punch2>")), took(2, "applied", "applied")),
        ),
        talk(
            "a number used for something else is never a duplicate",
            step(first, took(1, "applied")),
            step(push(clock_in(1, "<punch2>")), problem(409, "sync.sequence_reused", n=1, epoch="<new_epoch>")),
            step(push(clock_in(1, "<punch2>"), epoch="<new_epoch>"), took(1, "applied")),
        ),
        talk(
            "a fact that is queued anew under a new epoch is known again",
            step(first, took(1, "applied")),
            step(push(clock_in(1, "<punch2>")), problem(409, "sync.sequence_reused", epoch="<new_epoch>")),
            step(first | _with(epoch="<new_epoch>"), took(1, "duplicate")),
        ),
        talk(
            "what was queued anew says where it was first queued, and is not done again",
            step(first, ok({"acked": 1, "results": [{"n": 1, "r": "applied", "seq": "<seq>"}]})),
            step(push(clock_in(1, "<punch2>")), problem(409, "sync.sequence_reused", epoch="<new_epoch>")),
            step(first, ok({"acked": 1, "results": [{"n": 1, "r": "applied", "seq": "<seq>"}]})),
            step(push(clock_in(1), clock_in(2, "<punch2>")), problem(409, "sync.stale_epoch", epoch="<new_epoch>")),
            step(
                push(clock_in(1) | FIRST, clock_in(2, "<punch2>"), epoch="<new_epoch>"),
                ok({"acked": 2, "results": [{"n": 1, "r": "applied", "seq": "<seq>"}, {"n": 2, "r": "applied"}]}),
            ),
        ),
        talk(
            "old and new in one push are answered in order",
            step(first, took(1, "applied")),
            step(push(clock_in(1), clock_in(2, "<punch2>")), took(2, "applied", "applied")),
        ),
    ]


def _nothing_blocks() -> list[Case]:
    poisoned = mutation(1, "nobody.knows_this", row={"t": "punches", "id": "<punch>"})
    large = clock_in(1) | {"params": {"note": "长" * (MUTATION_BYTES_MAX // 3)}}
    strange = clock_in(1) | {"mood": "good", "params": {"note": "到岗", "colour": "red"}}
    void = mutation(1, "void", params={"reason": "the entry was broken", "saved": {"note": "半句"}})
    whys = (
        ("an unknown command is kept whole, and the next is taken", poisoned, "sync.unknown_command"),
        ("one that cannot be read is kept whole, and the next is taken", {"n": 1, "cmd": 5}, "sync.mutation_invalid"),
        ("one beyond the limit is kept whole, and the next is taken", large, "sync.mutation_too_large"),
        ("a void takes the place of an entry that broke", void, "sync.voided"),
    )
    told = [
        talk(about, step(push(bad, clock_in(2, "<punch2>")), _rejected_then_applied(why)), step(pull(), KEPT))
        for about, bad, why in whys
    ]
    named = {"acked": 1, "results": [{"n": 1, "r": "applied", "ignored": ["mood", "params.colour"]}]}
    return [*told, talk("what nobody knows is kept, left unapplied and named", step(push(strange), ok(named)))]


def _pulls() -> list[Case]:
    fill = [{"f": "begin", "from": 0, "reconcile": "first"}, "…", {"f": "ack", "n": 0}, end("<cookie>")]
    quiet = [{"f": "begin", "from": "<any>"}, {"f": "ack", "n": 0}, end("<any>")]
    forged = [{"f": "begin", "from": 0, "reconcile": "cookie"}, "…", end("<any>")]
    mine = {"f": "row", "t": "punches", "id": "<punch>", "ver": "<any>", "s": "<any>", "d": {"note": "到岗"}}
    own = [{"f": "begin", "from": 0}, "…", mine, "…", {"f": "ack", "n": 1}, end("<any>")]
    return [
        talk(
            "a first fill, then nothing new",
            step(pull(), frames(fill)),
            step(pull(cookie="<cookie>"), frames(quiet)),
        ),
        talk("a cookie that is not the server's brings a reconcile", step(pull(cookie="forged"), frames(forged))),
        talk(
            "a page that is not the server's is refused",
            step(pull(page="forged"), problem(422, "sync.page_invalid")),
        ),
        talk(
            "what was acknowledged is in the next pull",
            step(push(clock_in(1)), took(1, "applied")),
            step(pull(), frames(own)),
        ),
    ]


def _rows() -> list[Case]:
    found = [{"f": "begin"}, "…", ORDER, "…", end("<any>")]
    seen = edit(1, {"crew_note": "<ver>"}, {"crew_note": "<punch>"})
    unseen = edit(1, {}, {"note": "<punch>"})
    kept = {
        "acked": 1,
        "results": [{"n": 1, "r": "conflict", "conflict": "<conflict>"}],
    }
    conflict = {
        "f": "row",
        "t": "conflicts",
        "id": "<conflict>",
        "d": {"row": "<order>", "n": 1, "state": "open", "why": {"code": "sync.field_changed"}},
    }
    shown = [{"f": "begin"}, "…", conflict, "…", end("<any>")]
    nowhere = mutation(1, "workorders.start", row={"t": "workorders", "id": "<punch>", "base": {}})
    applied = {
        "acked": 1,
        "results": [
            {"n": 1, "r": "applied", "seq": "<seq>", "rows": [{"t": "workorders", "id": "<order>", "ver": "<seq>"}]}
        ],
    }
    return [
        talk(
            "an edit of what was seen is applied",
            step(pull(), frames(found)),
            step(push(seen), ok(applied)),
            needs="workorders",
        ),
        talk(
            "an edit of what was not seen keeps both sides, and the crew is shown them",
            step(pull(), frames(found)),
            step(push(unseen), ok(kept)),
            step(pull(), frames(shown)),
            needs="workorders",
        ),
        talk("a row that is not there is told so", step(push(nowhere), rejected("sync.unknown_row"))),
    ]


def _refusals() -> list[Case]:
    many = [clock_in(n) for n in range(1, MUTATIONS_PER_PUSH_MAX + 2)]
    return [
        talk("more mutations than a push may carry", step(push(*many), problem(422, "request.invalid"))),
        talk("another's queue", step(push(clock_in(1), user="<stranger>"), problem(403, "sync.wrong_user"))),
        talk("another's handset", step(push(clock_in(1), device="<stranger>"), problem(403, "sync.wrong_device"))),
        talk(
            "an epoch that was never given",
            step(push(clock_in(1), epoch=2**40), problem(409, "sync.unknown_epoch")),
        ),
        talk(
            "an unknown field outside a mutation",
            step(push(clock_in(1), mood="good"), problem(422, "request.invalid")),
        ),
        talk("a mutation without a number", step(push({"cmd": "edit"}), problem(422, "sync.number_invalid"))),
        talk("a contract of the future", step(push(clock_in(1), schema=999), problem(422, "sync.contract_too_new"))),
        talk("another's handset asks for rows", step(pull(device="<stranger>"), problem(403, "sync.wrong_device"))),
    ]


# -- what is sent -----------------------------------------------------------------------------------------------------


def talk(about: str, *steps: Step, needs: str | None = None) -> Case:
    return {"about": about, "fresh": ["punch", "punch2"], "steps": list(steps)} | ({"needs": needs} if needs else {})


def step(send: Step, expect: Step) -> Step:
    return {"send": send, "expect": expect}


def push(*muts: Step, **other: Any) -> Step:
    envelope = {"device": "<device>", "epoch": "<epoch>", "user": "<user>", "schema": 1, "clock": AT}
    return {"path": PUSH_PATH, "body": {**envelope, "muts": list(muts), **other}}


def _with(**other: Any) -> Step:
    return push(clock_in(1), **other)


def pull(**other: Any) -> Step:
    return {"path": PULL_PATH, "body": {"device": "<device>", "epoch": "<epoch>", "schema": 1, "cookie": None, **other}}


def mutation(n: int, cmd: str, **said: Any) -> Step:
    return {"n": n, "at": AT, "cmd": cmd, **said}


def clock_in(n: int, punch: str = "<punch>") -> Step:
    return mutation(n, "attendance.clock_in", row={"t": "punches", "id": punch, "base": {}}, params={"note": "到岗"})


def edit(n: int, base: Step, values: Step) -> Step:
    return mutation(n, "edit", ops=[{"t": "workorders", "id": "<order>", "base": base, "set": values}])


# -- what must be answered --------------------------------------------------------------------------------------------

LIKE_BEFORE: Step = {"status": 200, "like_before": ["acked", "results"]}
KEPT: Step = {
    "status": 200,
    "frames": [
        {"f": "begin"},
        "…",
        {"f": "row", "t": "conflicts", "id": "<conflict>"},
        "…",
        {"f": "ack", "n": 2},
        {"f": "end"},
    ],
}


def ok(body: Step) -> Step:
    return {"status": 200, "body": body}


def took(acked: int, *results: str) -> Step:
    said = [{"n": acked - len(results) + i, "r": result} for i, result in enumerate(results, 1)]
    return ok({"acked": acked, "results": said, "received_ms": "<any>", "server_ms": "<any>"})


def rejected(code: str) -> Step:
    return ok({"acked": 1, "results": [{"n": 1, "r": "rejected", "conflict": "<conflict>", "why": {"code": code}}]})


def _rejected_then_applied(code: str) -> Step:
    first = {"n": 1, "r": "rejected", "conflict": "<conflict>", "why": {"code": code}}
    return ok({"acked": 2, "results": [first, {"n": 2, "r": "applied"}]})


def problem(status: int, code: str, **params: Any) -> Step:
    return {"status": status, "body": {"code": code, "params": params, "title": "<any>"}}


def frames(frames: list[Any]) -> Step:
    return {"status": 200, "frames": frames}


def end(cookie: str) -> Step:
    return {"f": "end", "to": "<any>", "cookie": cookie, "next_poll_s": "<any>"}
