"""What a client asks for, answer by answer: queueing, sending again, gaps, numbers used twice, ends."""

import json
from typing import Any

from mobile_contract.vectors import MORNING_MS, Case, row_id
from sync.digests import Digest, row_hash
from sync.protocol import MUTATIONS_PER_PUSH_MAX

DEVICE, USER = row_id(0x11), row_id(0x12)
NAMES: dict[str, Any] = {"device": DEVICE, "epoch": 1, "user": USER, "schema": 1}
CLOCK: dict[str, Any] = {"wall_ms": MORNING_MS, "mono_ms": 61_000, "boot": "b1"}
BODY = '{"title":"清扫","step":"released"}'
Step = dict[str, Any]


def runs() -> list[Case]:
    """Each case: `steps` a client takes, and in `gives` the requests it makes, and how its queue then stands.

    A step is `{"do": …}` (a deed is queued), `{"edit": …}`, or `{"run": […]}`: a whole run, in which each request is
    answered by the next of the list, null for no answer at all. A request is given as a pattern: fields that a client
    has beyond it are its own.
    """
    return [*_sent_again(), *_answered_badly(), *_said(), *_told(), *_ends()]


def _sent_again() -> list[Case]:
    return [
        _case(
            "what is queued is sent once, in order", [_do(1), _do(2), _run(_taken(1, 2), PULLED)], [_push(1, 2), PULL]
        ),
        _case(
            "an answer that never came: the same bytes are sent again",
            [_do(1), _run(None, PULLED), _run(_taken(1), NOTHING)],
            [_push(1), PULL, _push(1), AGAIN],
        ),
        _case(
            "a push that fails does not stop the pull",
            [_do(1), _run(_problem(503, "server.busy"), PULLED)],
            [_push(1), PULL],
            states=["waiting"],
        ),
        _case(
            "an answer that was cut counts as none",
            [_do(1), _run([200, _taken(1)[1][:40]], PULLED), _run(_taken(1), NOTHING)],
            [_push(1), PULL, _push(1), AGAIN],
        ),
    ]


def _answered_badly() -> list[Case]:
    return [
        _case(
            "what was refused is told and blocks nothing",
            [_do(1), _do(2), _run(_answered(2, _refused(1), _applied(2)), PULLED)],
            [_push(1, 2), PULL],
            states=["rejected", "applied"],
        ),
        _case(
            "a number used twice: what is unanswered is queued anew under the epoch named",
            [_do(1), _run(_problem(409, "sync.sequence_reused", n=1, epoch=2), _taken(1), PULLED)],
            [_push(1), _push_of(_anew(1), epoch=2), ANEW],
        ),
        _case(
            "a later epoch began elsewhere: all that is unanswered says where it was first queued",
            [
                _do(1),
                _do(2),
                _run(_problem(409, "sync.stale_epoch", epoch=3), None, PULLED),
                _do(3),
                _run(_problem(409, "sync.stale_epoch", epoch=5), _taken(1, 2, 3), NOTHING),
            ],
            [
                _push(1, 2),
                _push_of(_anew(1), _anew(2), epoch=3),
                ANEW | {"body": {"epoch": 3, "cookie": None}},
                _push_of(_anew(1), _anew(2), {"n": 3}, epoch=3),
                _push_of(_anew(1), _anew(2), _anew(3, epoch=3), epoch=5),
                ANEW | {"body": {"epoch": 5, "cookie": None}},
            ],
        ),
        _case(
            "a restored server is sent again what its backup did not hold",
            [
                _do(1),
                _do(2),
                _run(_taken(1, 2), PULLED),
                _do(3),
                _run(_problem(409, "sync.gap", expected=2), _taken(2, 3), NOTHING),
            ],
            [_push(1, 2), PULL, _push(3), _push(2, 3), AGAIN],
        ),
    ]


def _said() -> list[Case]:
    return [
        _case(
            "an edit says what was seen of each field",
            [
                _run(_taken(), PULLED),
                {"edit": {"t": "workorders", "id": row_id(1), "values": {"crew_note": "x"}}},
                _run(_taken(1), NOTHING),
            ],
            [_push(), PULL, _push_of({"n": 1, "cmd": "edit", "held_cookie": "c1", "ops": [EDITED]}), AGAIN],
        ),
        _case(
            "a deed says what was seen of the state",
            [_run(_taken(), PULLED), STARTED, _run(_taken(1), NOTHING)],
            [_push(), PULL, _push_of({"n": 1, "cmd": "workorders.start", "held_cookie": "c1", "row": SEEN}), AGAIN],
        ),
        _case(
            "a page is asked for with the cookie of before",
            [_run(_taken(), MORE, PULLED)],
            [_push(), PULL, _request("/sync/v1/pull", {"device": DEVICE, "cookie": None, "page": "p1"})],
        ),
    ]


def _told() -> list[Case]:
    """What a server may say beside taking or refusing a mutation, and what a client then does."""
    said = [_applied(1)] + [_applied(n) | {"r": r} for n, r in enumerate(("merged", "held", "duplicate"), 2)]
    both = _refused(5) | {"r": "conflict"}
    paged = _request("/sync/v1/pull", {"device": DEVICE, "cookie": None, "page": "p1"})
    return [
        _case(
            "each result is kept as what became of the thing done",
            [*map(_do, range(1, 6)), _run(_answered(5, *said, both), PULLED)],
            [_push(1, 2, 3, 4, 5), PULL],
            states=["applied", "merged", "held", "applied", "conflict"],
        ),
        _case(
            "an app that is too old sends all the same, and asks for an upgrade",
            [_do(1), _run(_taken(1), _problem(409, "sync.contract_too_old"))],
            [_push(1), PULL],
            needs="upgrade",
        ),
        _case(
            "whoever has not accepted the notice sends all the same",
            [_do(1), _run(_taken(1), _problem(403, "auth.consent_needed"))],
            [_push(1), PULL],
            needs="consent",
        ),
        _case(
            "an epoch that the server does not know: a new one is asked for, the queue stays, the pull goes on",
            [_do(1), _run(_problem(409, "sync.unknown_epoch"), PULLED)],
            [_push(1), PULL],
            states=["waiting"],
            needs="epoch",
        ),
        _case(
            "a page that is refused: the pull begins again",
            [_run(_taken(), MORE, _problem(422, "sync.page_invalid"), PULLED)],
            [_push(), PULL, paged, PULL],
        ),
        _case(
            "a restart: the pull begins again", [_run(_taken(), MORE, RESTART, PULLED)], [_push(), PULL, paged, PULL]
        ),
        _case("a sum that does not agree: a repair is asked for", [_run(_taken(), DRIFTED)], [_push(), PULL, REPAIR]),
        _case(
            "a handset that was revoked hands over what it has, and wipes itself",
            [_do(1), _run(_problem(403, "sync.device_revoked"), _answered(1, _refused(1)))],
            [_push(1), _push(1) | {"path": "/sync/v1/drain"}],
            states=[],
            needs="wiped",
        ),
    ]


def _ends() -> list[Case]:
    return [
        _case(
            "whoever is signed out keeps the queue",
            [_do(1), _run(_problem(401, "auth.not_signed_in"))],
            [_push(1)],
            states=["waiting"],
            needs="sign_in",
        ),
        _case(
            "a long queue goes in several pushes",
            [_do(n) for n in range(1, MUTATIONS_PER_PUSH_MAX + 2)]
            + [_run(_taken(*range(1, MUTATIONS_PER_PUSH_MAX + 1)), _taken(MUTATIONS_PER_PUSH_MAX + 1), PULLED)],
            [_push(*range(1, MUTATIONS_PER_PUSH_MAX + 1)), _push(MUTATIONS_PER_PUSH_MAX + 1), PULL],
        ),
    ]


def _case(
    about: str, steps: list[Step], requests: list[Step], *, states: list[str] | None = None, needs: str | None = None
) -> Case:
    queued = sum("run" not in step for step in steps)
    queue = states if states is not None else ["applied"] * queued
    gives = {"requests": requests, "queue": queue, "needs": needs}
    return {"about": about, "who": NAMES, "clock": CLOCK, "steps": steps, "gives": gives}


# -- steps ------------------------------------------------------------------------------------------------------------


def _do(n: int) -> Step:
    return {"do": {"cmd": "attendance.clock_in", "t": "punches", "id": row_id(100 + n), "params": {"note": "到岗"}}}


STARTED: Step = {"do": {"cmd": "workorders.start", "t": "workorders", "id": row_id(1), "params": {}}}


def _run(*answers: Any) -> Step:
    """Each answer is `[status, body]`, or null."""
    return {"run": list(answers)}


# -- answers ----------------------------------------------------------------------------------------------------------


def _answered(acked: int, *results: Step) -> list[Any]:
    said = {"acked": acked, "results": list(results), "received_ms": MORNING_MS, "server_ms": MORNING_MS}
    return [200, json.dumps(said, ensure_ascii=False)]


def _applied(n: int) -> Step:
    return {"n": n, "r": "applied", "seq": 900 + n, "rows": []}


def _refused(n: int) -> Step:
    why = {"code": "workorders.step_out_of_order", "params": {}}
    return {"n": n, "r": "rejected", "conflict": row_id(0x33), "why": why, "rows": []}


def _taken(*numbers: int) -> list[Any]:
    return _answered(max(numbers, default=0), *(_applied(n) for n in numbers))


def _problem(status: int, code: str, **params: Any) -> list[Any]:
    return [status, json.dumps({"status": status, "code": code, "params": params})]


def _frames(*lines: Any) -> list[Any]:
    return [200, "".join((x if isinstance(x, str) else json.dumps(x, separators=(",", ":"))) + "\n" for x in lines)]


_SUM = Digest().plus([row_hash("workorders", row_id(1), 11, BODY.encode())]).text()
_ROW = f'{{"f":"row","t":"workorders","id":"{row_id(1)}","ver":11,"s":[0],"d":{BODY}}}'
_FILL: tuple[Any, ...] = (
    {"f": "begin", "from": 0, "to": 11, "reconcile": "first"},
    {"f": "scopes", "names": ["team:1"]},
)
_END = {"f": "end", "to": 11, "cookie": "c1", "next_poll_s": 60, "digests": {"team:1": [_SUM, 1]}}
PULLED = _frames(*_FILL, _ROW, {"f": "ack", "n": 0}, _END)
MORE = _frames(*_FILL, {"f": "more", "page": "p1"})
DRIFTED = _frames(*_FILL, _ROW, {"f": "ack", "n": 0}, _END | {"digests": {"team:1": ["0" * 64, 1]}})
RESTART = _frames({"f": "restart"})
NOTHING = _frames(
    {"f": "begin", "from": 11, "to": 11},
    {"f": "ack", "n": 0},
    {"f": "end", "to": 11, "cookie": "c1", "next_poll_s": 60},
)

# -- requests, as patterns --------------------------------------------------------------------------------------------


def _request(path: str, body: Step) -> Step:
    return {"path": path, "body": body}


def _push(*numbers: int, epoch: int = 1) -> Step:
    return _push_of(*({"n": n} for n in numbers), epoch=epoch)


def _push_of(*muts: Step, epoch: int = 1) -> Step:
    return _request("/sync/v1/push", NAMES | {"epoch": epoch, "clock": CLOCK, "muts": list(muts)})


def _anew(n: int, epoch: int = 1) -> Step:
    return {"n": n, "first": {"epoch": epoch, "n": n}}


ANEW = _request("/sync/v1/pull", {"epoch": 2, "cookie": None})
SEEN: Step = {"t": "workorders", "id": row_id(1), "base": {"step": 11}}
EDITED: Step = {"t": "workorders", "id": row_id(1), "base": {"crew_note": 11}, "set": {"crew_note": "x"}}
PULL = _request("/sync/v1/pull", {"device": DEVICE, "epoch": 1, "schema": 1, "cookie": None})
REPAIR = _request("/sync/v1/repair", {"device": DEVICE, "cookie": "c1", "ranges": {"team:1": "<any>"}})
AGAIN = _request("/sync/v1/pull", {"cookie": "c1"})
