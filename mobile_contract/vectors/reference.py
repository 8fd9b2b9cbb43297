"""The reference handset as a client that can be held: reads examples from standard input, a line each.

`python -m mobile_contract.vectors.reference` is an example of what `--client` wants.
"""

import json
import sys
from collections.abc import Callable
from typing import Any

from mobile_contract.vectors import Case, row_id
from mobile_contract.vectors.fences import judged
from mobile_contract.vectors.merges import merged
from mobile_contract.vectors.repairs import told_by
from mobile_contract.vectors.sums import hashed, summed
from mobile_contract.vectors.times import estimated
from sync.handset.client import Handset, Needs
from sync.handset.replica import Policies
from sync.handset.store import SqliteStore

STARTS: dict[str, Any] = {"state_field": "step", "sets": {"step": "started"}, "creates": False}


class StillClock:
    """A phone's clocks that show what an example says."""

    def __init__(self, said: Case) -> None:
        self._said = said

    def wall_ms(self) -> int:
        return int(self._said["wall_ms"])

    def mono_ms(self) -> int | None:
        mono: int | None = self._said.get("mono_ms")
        return mono

    def boot(self) -> str | None:
        boot: str | None = self._said.get("boot")
        return boot


def _handset(who: Case, clock: Case) -> tuple[Handset, SqliteStore]:
    store = SqliteStore(":memory:")
    store.put("device_id", who["device"])
    store.put("epoch", who["epoch"])
    published = {"workorders": {"fields": {}, "commands": {"workorders.start": STARTS}}}
    return Handset(store, StillClock(clock), Policies(published), who["schema"], who["user"]), store


def folded(case: Case) -> Case:
    """The replica after the pulls of a case."""
    who = {"device": row_id(1), "epoch": 1, "user": row_id(2), "schema": 1}
    handset, store = _handset(who, {"wall_ms": 0})
    try:
        for pages in case["pulls"]:
            handset.begin()
            left = list(pages)
            while (request := handset.next_request()) is not None:
                if request.path != "/sync/v1/pull" or not left:
                    handset.failed(request)
                else:
                    handset.receive(request, 200, left.pop(0).encode())
        rows = [[row.t, row.id, row.ver, row.body.decode()] for row in store.rows(handset.user)]
        return {"rows": rows, "cookie": store.get(f"cookie/{handset.user}"), "drifted": handset.drifted()}
    finally:
        store.close()


def ran(case: Case) -> Case:
    """The requests of a case's steps, and how the queue stands in the end."""
    handset, store = _handset(case["who"], case["clock"])
    requests: list[Case] = []
    try:
        for step in case["steps"]:
            if "do" in step:
                deed = step["do"]
                handset.do(deed["cmd"], deed["t"], deed["id"], deed["params"])
            elif "edit" in step:
                handset.edit(step["edit"]["t"], step["edit"]["id"], step["edit"]["values"])
            else:
                requests += _run(handset, list(step["run"]))
        queue = [] if handset.needs is Needs.wiped else [entry.state.value for entry in handset.done()]
        return {"requests": requests, "queue": queue, "needs": handset.needs.value if handset.needs else None}
    finally:
        store.close()


def _run(handset: Handset, answers: list[Any]) -> list[Case]:
    requests: list[Case] = []
    handset.begin()
    while (request := handset.next_request()) is not None:
        requests.append({"path": request.path, "body": json.loads(request.body)})
        answer = answers.pop(0) if answers else None
        if answer is None:
            handset.failed(request)
        else:
            handset.receive(request, answer[0], answer[1].encode())
    return requests


ANSWERS: dict[str, Callable[[Case], Case]] = {
    "merges": merged,
    "hashes": hashed,
    "digests": summed,
    "times": estimated,
    "folds": folded,
    "repairs": told_by,
    "fences": judged,
    "runs": ran,
}


def main() -> None:
    """Answers every line."""
    for line in sys.stdin:
        said = json.loads(line)
        sys.stdout.write(json.dumps(ANSWERS[said["vector"]](said["case"]), ensure_ascii=False) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
