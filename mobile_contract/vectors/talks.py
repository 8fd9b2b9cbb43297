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
    first = _push(_clock_in(1))
    return [
        _talk("the same push again is answered alike", _step(first, _took(1, "applied")), _step(first, LIKE_BEFORE)),
        _talk(
            "a gap is told before anything is done",
            _step(_push(_clock_in(2)), _problem(409, "sync.gap", expected=1)),
            _step(_push(_clock_in(1), _clock_in(2, "<punch2>")), _took(2, "applied", "applied")),
        ),
        _talk(
            "a number used for something else is never a duplicate",
            _step(first, _took(1, "applied")),
            _step(_push(_clock_in(1, "<punch2>")), _problem(409, "sync.sequence_reused", n=1, epoch="<new_epoch>")),
            _step(_push(_clock_in(1, "<punch2>"), epoch="<new_epoch>"), _took(1, "applied")),
        ),
        _talk(
            "a fact that is queued anew under a new epoch is known again",
            _step(first, _took(1, "applied")),
            _step(_push(_clock_in(1, "<punch2>")), _problem(409, "sync.sequence_reused", epoch="<new_epoch>")),
            _step(first | _with(epoch="<new_epoch>"), _took(1, "duplicate")),
        ),
        _talk(
            "what was queued anew says where it was first queued, and is not done again",
            _step(first, _ok({"acked": 1, "results": [{"n": 1, "r": "applied", "seq": "<seq>"}]})),
            _step(_push(_clock_in(1, "<punch2>")), _problem(409, "sync.sequence_reused", epoch="<new_epoch>")),
            _step(first, _ok({"acked": 1, "results": [{"n": 1, "r": "applied", "seq": "<seq>"}]})),
            _step(
                _push(_clock_in(1), _clock_in(2, "<punch2>")), _problem(409, "sync.stale_epoch", epoch="<new_epoch>")
            ),
            _step(
                _push(_clock_in(1) | FIRST, _clock_in(2, "<punch2>"), epoch="<new_epoch>"),
                _ok({"acked": 2, "results": [{"n": 1, "r": "applied", "seq": "<seq>"}, {"n": 2, "r": "applied"}]}),
            ),
        ),
        _talk(
            "old and new in one push are answered in order",
            _step(first, _took(1, "applied")),
            _step(_push(_clock_in(1), _clock_in(2, "<punch2>")), _took(2, "applied", "applied")),
        ),
    ]


def _nothing_blocks() -> list[Case]:
    poisoned = _mutation(1, "nobody.knows_this", row={"t": "punches", "id": "<punch>"})
    large = _clock_in(1) | {"params": {"note": "长" * (MUTATION_BYTES_MAX // 3)}}
    strange = _clock_in(1) | {"mood": "good", "params": {"note": "到岗", "colour": "red"}}
    void = _mutation(1, "void", params={"reason": "the entry was broken", "saved": {"note": "半句"}})
    whys = (
        ("an unknown command is kept whole, and the next is taken", poisoned, "sync.unknown_command"),
        ("one that cannot be read is kept whole, and the next is taken", {"n": 1, "cmd": 5}, "sync.mutation_invalid"),
        ("one beyond the limit is kept whole, and the next is taken", large, "sync.mutation_too_large"),
        ("a void takes the place of an entry that broke", void, "sync.voided"),
    )
    told = [
        _talk(about, _step(_push(bad, _clock_in(2, "<punch2>")), _rejected_then_applied(why)), _step(_pull(), KEPT))
        for about, bad, why in whys
    ]
    named = {"acked": 1, "results": [{"n": 1, "r": "applied", "ignored": ["mood", "params.colour"]}]}
    return [*told, _talk("what nobody knows is kept, left unapplied and named", _step(_push(strange), _ok(named)))]


def _pulls() -> list[Case]:
    fill = [{"f": "begin", "from": 0, "reconcile": "first"}, "…", {"f": "ack", "n": 0}, _end("<cookie>")]
    quiet = [{"f": "begin", "from": "<any>"}, {"f": "ack", "n": 0}, _end("<any>")]
    forged = [{"f": "begin", "from": 0, "reconcile": "cookie"}, "…", _end("<any>")]
    mine = {"f": "row", "t": "punches", "id": "<punch>", "ver": "<any>", "s": "<any>", "d": {"note": "到岗"}}
    own = [{"f": "begin", "from": 0}, "…", mine, "…", {"f": "ack", "n": 1}, _end("<any>")]
    return [
        _talk(
            "a first fill, then nothing new",
            _step(_pull(), _frames(fill)),
            _step(_pull(cookie="<cookie>"), _frames(quiet)),
        ),
        _talk("a cookie that is not the server's brings a reconcile", _step(_pull(cookie="forged"), _frames(forged))),
        _talk(
            "a page that is not the server's is refused",
            _step(_pull(page="forged"), _problem(422, "sync.page_invalid")),
        ),
        _talk(
            "what was acknowledged is in the next pull",
            _step(_push(_clock_in(1)), _took(1, "applied")),
            _step(_pull(), _frames(own)),
        ),
    ]


def _rows() -> list[Case]:
    found = [{"f": "begin"}, "…", ORDER, "…", _end("<any>")]
    seen = _edit(1, {"crew_note": "<ver>"}, {"crew_note": "<punch>"})
    unseen = _edit(1, {}, {"note": "<punch>"})
    kept = {
        "acked": 1,
        "results": [{"n": 1, "r": "conflict", "conflict": "<conflict>"}],
    }
    conflict = {"f": "row", "t": "conflicts", "id": "<conflict>", "d": {"row": "<order>", "n": 1, "state": "open"}}
    shown = [{"f": "begin"}, "…", conflict, "…", _end("<any>")]
    nowhere = _mutation(1, "workorders.start", row={"t": "workorders", "id": "<punch>", "base": {}})
    applied = {
        "acked": 1,
        "results": [
            {"n": 1, "r": "applied", "seq": "<seq>", "rows": [{"t": "workorders", "id": "<order>", "ver": "<seq>"}]}
        ],
    }
    return [
        _talk(
            "an edit of what was seen is applied",
            _step(_pull(), _frames(found)),
            _step(_push(seen), _ok(applied)),
            needs="workorders",
        ),
        _talk(
            "an edit of what was not seen keeps both sides, and the crew is shown them",
            _step(_pull(), _frames(found)),
            _step(_push(unseen), _ok(kept)),
            _step(_pull(), _frames(shown)),
            needs="workorders",
        ),
        _talk("a row that is not there is told so", _step(_push(nowhere), _rejected("sync.unknown_row"))),
    ]


def _refusals() -> list[Case]:
    many = [_clock_in(n) for n in range(1, MUTATIONS_PER_PUSH_MAX + 2)]
    return [
        _talk("more mutations than a push may carry", _step(_push(*many), _problem(422, "request.invalid"))),
        _talk("another's queue", _step(_push(_clock_in(1), user="<stranger>"), _problem(403, "sync.wrong_user"))),
        _talk("another's handset", _step(_push(_clock_in(1), device="<stranger>"), _problem(403, "sync.wrong_device"))),
        _talk(
            "an epoch that was never given",
            _step(_push(_clock_in(1), epoch=2**40), _problem(409, "sync.unknown_epoch")),
        ),
        _talk(
            "an unknown field outside a mutation",
            _step(_push(_clock_in(1), mood="good"), _problem(422, "request.invalid")),
        ),
        _talk("a mutation without a number", _step(_push({"cmd": "edit"}), _problem(422, "sync.number_invalid"))),
        _talk(
            "a contract of the future", _step(_push(_clock_in(1), schema=999), _problem(422, "sync.contract_too_new"))
        ),
        _talk("another's handset asks for rows", _step(_pull(device="<stranger>"), _problem(403, "sync.wrong_device"))),
    ]


# -- what is sent -----------------------------------------------------------------------------------------------------


def _talk(about: str, *steps: Step, needs: str | None = None) -> Case:
    return {"about": about, "fresh": ["punch", "punch2"], "steps": list(steps)} | ({"needs": needs} if needs else {})


def _step(send: Step, expect: Step) -> Step:
    return {"send": send, "expect": expect}


def _push(*muts: Step, **other: Any) -> Step:
    envelope = {"device": "<device>", "epoch": "<epoch>", "user": "<user>", "schema": 1, "clock": AT}
    return {"path": PUSH_PATH, "body": {**envelope, "muts": list(muts), **other}}


def _with(**other: Any) -> Step:
    return _push(_clock_in(1), **other)


def _pull(**other: Any) -> Step:
    return {"path": PULL_PATH, "body": {"device": "<device>", "epoch": "<epoch>", "schema": 1, "cookie": None, **other}}


def _mutation(n: int, cmd: str, **said: Any) -> Step:
    return {"n": n, "at": AT, "cmd": cmd, **said}


def _clock_in(n: int, punch: str = "<punch>") -> Step:
    return _mutation(n, "attendance.clock_in", row={"t": "punches", "id": punch, "base": {}}, params={"note": "到岗"})


def _edit(n: int, base: Step, values: Step) -> Step:
    return _mutation(n, "edit", ops=[{"t": "workorders", "id": "<order>", "base": base, "set": values}])


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


def _ok(body: Step) -> Step:
    return {"status": 200, "body": body}


def _took(acked: int, *results: str) -> Step:
    said = [{"n": acked - len(results) + i, "r": result} for i, result in enumerate(results, 1)]
    return _ok({"acked": acked, "results": said, "received_ms": "<any>", "server_ms": "<any>"})


def _rejected(code: str) -> Step:
    return _ok({"acked": 1, "results": [{"n": 1, "r": "rejected", "conflict": "<conflict>", "why": {"code": code}}]})


def _rejected_then_applied(code: str) -> Step:
    first = {"n": 1, "r": "rejected", "conflict": "<conflict>", "why": {"code": code}}
    return _ok({"acked": 2, "results": [first, {"n": 2, "r": "applied"}]})


def _problem(status: int, code: str, **params: Any) -> Step:
    return {"status": status, "body": {"code": code, "params": params, "title": "<any>"}}


def _frames(frames: list[Any]) -> Step:
    return {"status": 200, "frames": frames}


def _end(cookie: str) -> Step:
    return {"f": "end", "to": "<any>", "cookie": cookie, "next_poll_s": "<any>"}
