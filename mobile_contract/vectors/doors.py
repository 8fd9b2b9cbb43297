"""Talks at the other doors: hello, drain, repair, packs; and what a push comes to beside applied and rejected."""

from typing import Any

from mobile_contract.vectors import Case
from mobile_contract.vectors.talks import (
    FIRST,
    ORDER,
    Step,
    clock_in,
    edit,
    end,
    frames,
    mutation,
    ok,
    problem,
    pull,
    push,
    rejected,
    step,
    talk,
    took,
)

USER_SCOPE = "user:<user>"
ALL_ASKED = "AAM"
"""One range over every version, asked: tell me your pairs."""
LISTED_EARLY = "AAIA"
"""A list, which only a server says."""
NO_RANGES = "AAk"
HASH = "ab" * 32

MERGED: Step = {"n": 1, "r": "merged", "conflict": "<conflict>"}
OVERRULED: Step = {
    "f": "row",
    "t": "conflicts",
    "id": "<conflict>",
    "d": {"row": "<order>", "severity": "info", "why": {"code": "sync.field_overruled"}},
}


def doors() -> list[Case]:
    """Talks as in `talks()`. Known beside its names: `secret`, the handset's own."""
    return [*_hello(), *_outcomes(), *_whys(), *_drains(), *_repairs(), *_packs(), *_old_ones()]


def _hello() -> list[Case]:
    limits = {"mutations_per_push": "<any>", "mutation_bytes": "<any>", "push_bytes": "<any>", "page_bytes": "<any>"}
    said = {"server_ms": "<any>", "contract": "<any>", "limits": limits}
    return [talk("hello tells the time, the contract and the limits", step(_get("/sync/v1/hello"), ok(said)))]


def _outcomes() -> list[Case]:
    held = clock_in(1) | {"needs": ["<punch2>"]}
    waits: Step = {"f": "row", "t": "held", "id": "<held>", "d": {"n": 1, "epoch": "<epoch>", "state": "waiting"}}
    ended: Step = {"f": "row", "t": "held", "id": "<held>", "d": {"n": 1, "outcome": {"r": "applied"}}}
    return [
        talk(
            "what waits for another's row is held, and let go when the row comes",
            step(push(held), ok({"acked": 1, "results": [{"n": 1, "r": "held"}]})),
            step(pull(), frames([{"f": "begin"}, "…", waits, "…", end("<any>")])),
            step(push(clock_in(2, "<punch2>")), took(2, "applied")),
            step(pull(), frames([{"f": "begin"}, "…", ended, "…", end("<any>")])),
        ),
        talk(
            "a later word over one that was not seen is merged, and the other is kept and shown",
            step(pull(), frames([{"f": "begin"}, "…", ORDER, "…", end("<any>")])),
            step(push(edit(1, {}, {"crew_note": "<punch>"})), ok({"acked": 1, "results": [MERGED]})),
            step(pull(), frames([{"f": "begin"}, "…", OVERRULED, "…", end("<any>")])),
            needs="workorders",
        ),
    ]


def _whys() -> list[Case]:
    nowhere = {"t": "nobody", "id": "<punch>"}
    bad = (
        ("an edit of an unknown kind", mutation(1, "edit", ops=[nowhere | {"set": {"x": 1}}]), "sync.unknown_kind"),
        ("a deed that names no row", mutation(1, "attendance.clock_in", params={}), "sync.row_missing"),
        ("params that the deed does not take", clock_in(1) | {"params": {"note": 5}}, "sync.params_invalid"),
    )
    other = clock_in(2) | {"params": {"note": "下班"}}
    twice = {"acked": 2, "results": [{"n": 2, "r": "rejected", "why": {"code": "sync.row_exists"}}]}
    return [
        *(talk(f"{about} is told so", step(push(said), rejected(code))) for about, said, code in bad),
        talk(
            "another fact under a known id is told so, and kept",
            step(push(clock_in(1)), took(1, "applied")),
            step(push(other), ok(twice)),
        ),
        talk(
            "a field that only deeds change is told so",
            step(pull(), frames([{"f": "begin"}, "…", ORDER, "…", end("<any>")])),
            step(push(edit(1, {"step": "<ver>"}, {"step": "done"})), rejected("sync.field_not_editable")),
            needs="workorders",
        ),
    ]


def _drains() -> list[Case]:
    aside = {
        "acked": 1,
        "results": [{"n": 1, "r": "rejected", "conflict": "<conflict>", "why": {"code": "sync.drained"}}],
    }
    return [
        talk(
            "a drain by the handset's secret sets all aside, and is answered alike when it comes again",
            step(_drain(clock_in(1)), ok(aside)),
            step(_drain(clock_in(1)), {"status": 200, "like_before": ["acked", "results"]}),
        ),
        talk(
            "what was taken before is not set aside by a drain",
            step(push(clock_in(1)), took(1, "applied")),
            step(
                _drain(clock_in(1), clock_in(2, "<punch2>")),
                ok({"acked": 2, "results": [{"n": 1, "r": "applied"}, {"n": 2, "r": "rejected"}]}),
            ),
        ),
    ]


def _repairs() -> list[Case]:
    first = step(pull(), frames([{"f": "begin"}, "…", end("<cookie>")]))
    told = [{"f": "ranges", "scope": "<any>", "r": "<any>"}, {"f": "mended", "to": "<any>"}]
    lost = [
        {"f": "scopes"},
        {"f": "gone", "t": "workorders", "id": "<punch>", "why": "scope"},
        {"f": "mended", "to": "<any>"},
    ]
    return [
        talk(
            "a repair tells what is held, and what became of a row that is doubted",
            first,
            step(_repair(ranges={USER_SCOPE: ALL_ASKED}), frames(told)),
            step(_repair(doubt=[{"t": "workorders", "id": "<punch>"}]), frames(lost)),
        ),
        talk(
            "a repair by a cookie that is not the server's",
            step(_repair(cookie="forged"), problem(422, "sync.cookie_invalid")),
        ),
        talk(
            "a repair of a scope that is not held, and with ranges of no sort",
            first,
            step(_repair(ranges={"user:<stranger>": ALL_ASKED}), problem(403, "sync.scope_not_held")),
            step(_repair(ranges={USER_SCOPE: NO_RANGES}), problem(422, "sync.ranges_invalid")),
            step(_repair(ranges={USER_SCOPE: LISTED_EARLY}), problem(422, "sync.ranges_invalid")),
        ),
    ]


def _packs() -> list[Case]:
    asked = {"device": "<device>", "epoch": "<epoch>", "schema": 1}
    path = f"/sync/v1/packs/{HASH}?epoch=<epoch>&ticket=forged"
    return [
        talk(
            "packs are offered, and none without a ticket",
            step(_post("/sync/v1/snapshots", asked), ok({"packs": "<any>", "building": "<any>"})),
            step(_post("/sync/v1/snapshots", asked | {"device": "<stranger>"}), problem(403, "sync.wrong_device")),
            step(_get(path), problem(403, "sync.ticket_invalid")),
        )
    ]


def _old_ones() -> list[Case]:
    anew = push(clock_in(1) | FIRST, clock_in(2, "<punch2>"), epoch="<new_epoch>")
    return [
        talk(
            "a contract that was never served pulls nothing",
            step(pull(schema=0), problem(409, "sync.contract_too_old")),
        ),
        talk(
            "a contract that was never served pushes nothing",
            step(push(clock_in(1), schema=0), problem(409, "sync.contract_too_old")),
        ),
        talk(
            "what was set aside by a drain stays so under another number",
            step(_drain(clock_in(1)), ok({"acked": 1, "results": [{"n": 1, "r": "rejected"}]})),
            step(push(clock_in(1, "<punch2>")), problem(409, "sync.sequence_reused", epoch="<new_epoch>")),
            step(anew, ok({"acked": 2, "results": [{"n": 1, "r": "rejected"}, {"n": 2, "r": "applied"}]})),
        ),
    ]


def _get(path: str) -> Step:
    return {"method": "GET", "path": path, "body": None}


def _post(path: str, body: Step) -> Step:
    return {"path": path, "body": body}


def _drain(*muts: Step) -> Step:
    return push(*muts) | {"path": "/sync/v1/drain", "headers": {"Device-Secret": "<secret>"}}


def _repair(**said: Any) -> Step:
    asked = {"device": "<device>", "epoch": "<epoch>", "schema": 1, "cookie": "<cookie>"}
    return _post("/sync/v1/repair", asked | said)
