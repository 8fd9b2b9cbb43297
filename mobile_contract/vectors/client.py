"""Holds a client against the examples, over its standard input and output: a line of JSON each way.

A line to the client is `{"vector": "merges", "case": {…}}`, the case without `gives`; its line back is what it gives,
or null for examples that are none of its business (a phone needs no `times`, a server neither `folds` nor `runs`).
"""

import json
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Any

from mobile_contract.vectors import Case
from mobile_contract.vectors.patterns import Differs, compare
from mobile_contract.vectors.server import Verdict

VECTORS = ("merges", "hashes", "digests", "times", "folds", "repairs", "fences", "runs")


class Client:
    """A client's process. Used as a context."""

    def __init__(self, command: Sequence[str]) -> None:
        self._process = subprocess.Popen(  # noqa: S603 - the command is the caller's own
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
        )

    def __enter__(self) -> "Client":
        return self

    def __exit__(self, *_: object) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        with suppress(BrokenPipeError):  # it had gone before it read
            self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()

    def asked(self, vector: str, case: Case) -> Any:
        """What the client makes of a case. Raises Differs when it answers no line of JSON."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        said = {"vector": vector, "case": {key: value for key, value in case.items() if key != "gives"}}
        try:
            self._process.stdin.write(json.dumps(said, ensure_ascii=False) + "\n")
            self._process.stdin.flush()
            return json.loads(self._process.stdout.readline())
        except (OSError, ValueError) as fault:
            raise Differs(f": no line of JSON is said: {fault}") from fault


def held(client: Client, vectors: dict[str, list[Case]]) -> Iterator[Verdict]:
    """How each case came out."""
    for vector, cases in vectors.items():
        for number, case in enumerate(cases, 1):
            name = f"{vector} {number}: {case.get('about') or case.get('policy') or ''}"
            try:
                said = client.asked(vector, case)
                if said is None:
                    yield Verdict(name, skipped="the client has nothing to say")
                    continue
                compare(case["gives"], said, {})
                yield Verdict(name)
            except Differs as fault:
                yield Verdict(name, str(fault))
