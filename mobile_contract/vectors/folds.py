"""Pages folded into a replica: what a phone holds after pulls that came whole, cut, restarted or from nothing."""

import json
from typing import Any

from mobile_contract.vectors import Case, row_id
from sync.digests import Digest, row_hash

TEAM, USER = "team:0199b3a0-0000-7000-8000-000000000002", "user:0199b3a0-0000-7000-8000-000000000003"
Frame = dict[str, Any]
BODIES = {i: f'{{"title":"清扫 {i}","step":"released"}}' for i in range(1, 9)}


def folds() -> list[Case]:
    """Each case: `pulls`, each a list of pages as they came over the wire; `gives` what the replica then is."""
    return [
        _case("a first fill in two pages", [FIRST], {1: 11, 2: 12, 3: 13}, "c13"),
        _case("nothing changed", [FIRST, [_page(_begin(13), _ack(), _end("c14", 14))]], {1: 11, 2: 12, 3: 13}, "c14"),
        _case("a change, a departure, a deletion", [FIRST, [DELTA]], {1: 21}, "c23"),
        _case("a page that was cut counts as none", [FIRST, [DELTA[: len(DELTA) // 2]]], {1: 11, 2: 12, 3: 13}, "c13"),
        _case("a pull that never came to its end applies nothing", [FIRST, [MORE]], {1: 11, 2: 12, 3: 13}, "c13"),
        _case("a restart drops what was staged", [FIRST, [MORE, RESTART, DELTA]], {1: 21}, "c23"),
        _case("what a reconciling pull does not send is dropped", [FIRST, [RECONCILED]], {2: 12, 4: 31}, "c31"),
        _case("a scope that was left no longer counts", [FIRST, [LEFT]], {1: 11}, "c41"),
        _case("frames and fields that nobody knows are passed over", [[STRANGE]], {1: 11}, "c13"),
        _case("bodies are summed as they came", [[SPACED]], {1: 11}, "c13", bodies={1: SPACED_BODY}),
        _case("a sum that does not agree is noticed", [[DRIFTED]], {1: 11}, "c13", drifted=[TEAM]),
        _case("a row that is gone and comes again stays", [FIRST, [AGAIN]], {1: 11, 2: 52, 3: 13}, "c52"),
    ]


def _case(
    about: str,
    pulls: list[list[str]],
    versions: dict[int, int],
    cookie: str,
    *,
    bodies: dict[int, str] = BODIES,
    drifted: list[str] | None = None,
) -> Case:
    rows = [["workorders", row_id(i), ver, bodies[i]] for i, ver in sorted(versions.items())]
    return {"about": about, "pulls": pulls, "gives": {"rows": rows, "cookie": cookie, "drifted": drifted or []}}


def _page(*frames: Frame | str) -> str:
    """A page as it travels: a line a frame."""
    return "".join((f if isinstance(f, str) else _compact(f)) + "\n" for f in frames)


def _compact(frame: Frame) -> str:
    return json.dumps(frame, ensure_ascii=False, separators=(",", ":"))


def _begin(since: int, reconcile: str | None = None) -> Frame:
    return {"f": "begin", "from": since, "to": 99} | ({"reconcile": reconcile} if reconcile else {})


def _scopes() -> Frame:
    return {"f": "scopes", "names": [TEAM, USER]}


def _row(number: int, ver: int, held_by: list[int], body: str = "", **more: Any) -> str:
    """`d` comes last, so that a client can cut its bytes out of the line."""
    head = {"f": "row", "t": "workorders", "id": row_id(number), "ver": ver, "s": held_by} | more
    return _compact(head)[:-1] + f',"d":{body or BODIES[number]}}}'


def _gone(number: int, why: str) -> Frame:
    return {"f": "gone", "t": "workorders", "id": row_id(number), "why": why}


def _ack(n: int = 0) -> Frame:
    return {"f": "ack", "n": n}


def _end(cookie: str, to: int, left: list[str] | None = None, **sums: dict[int, int]) -> Frame:
    end: Frame = {"f": "end", "to": to, "cookie": cookie, "next_poll_s": 67}
    if sums:
        end["digests"] = {TEAM if name == "team" else USER: _sum(rows) for name, rows in sums.items()}
    return end | ({"left": left} if left else {})


def _sum(versions: dict[int, int], bodies: dict[int, str] = BODIES) -> list[Any]:
    hashes = [row_hash("workorders", row_id(i), ver, bodies[i].encode()) for i, ver in versions.items()]
    return [Digest().plus(hashes).text(), len(versions)]


FIRST = [
    _page(_begin(0, "first"), _scopes(), _row(1, 11, [0, 1]), {"f": "more", "page": "p1"}),
    _page(
        _scopes(), _row(2, 12, [0]), _row(3, 13, [0]), _ack(), _end("c13", 13, team={1: 11, 2: 12, 3: 13}, user={1: 11})
    ),
]
DELTA = _page(
    _begin(13),
    _scopes(),
    _row(1, 21, [0, 1]),
    _gone(2, "scope"),
    _gone(3, "deleted"),
    _ack(),
    _end("c23", 23, team={1: 21}, user={1: 21}),
)
MORE = _page(_begin(13), _scopes(), _row(2, 20, [0]), {"f": "more", "page": "p2"})
RESTART = _page({"f": "restart"})
RECONCILED = _page(
    _begin(0, "generation"), _scopes(), _row(2, 12, [0]), _row(4, 31, [0]), _ack(), _end("c31", 31, team={2: 12, 4: 31})
)
LEFT = _page(_begin(13), _gone(2, "scope"), _gone(3, "scope"), _ack(), _end("c41", 41, left=[TEAM]))
STRANGE = _page(
    _begin(0, "first") | {"mood": "good"},
    {"f": "weather", "rain": True},
    _scopes(),
    _row(1, 11, [0], colour="green"),
    _ack(),
    _end("c13", 13, team={1: 11}) | {"later": [1, 2]},
)
SPACED_BODY = '{"title": "清扫",  "n": 1.0}'
SPACED = _page(
    _begin(0, "first"),
    _scopes(),
    _row(1, 11, [0], SPACED_BODY),
    _ack(),
    _end("c13", 13) | {"digests": {TEAM: _sum({1: 11}, {1: SPACED_BODY})}},
)
DRIFTED = _page(_begin(0, "first"), _scopes(), _row(1, 11, [0]), _ack(), _end("c13", 13, team={1: 12}))
AGAIN = _page(
    _begin(13), _scopes(), _gone(2, "scope"), _row(2, 52, [0]), _ack(), _end("c52", 52, team={1: 11, 2: 52, 3: 13})
)
