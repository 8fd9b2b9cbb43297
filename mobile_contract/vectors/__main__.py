"""Holds a server or a client against the published examples; ends with 1 when one of them came out otherwise."""

import argparse
import json
import shlex
import sys
from collections.abc import Iterable
from importlib import resources
from typing import Any

import httpx2

from mobile_contract.vectors import Case
from mobile_contract.vectors.client import VECTORS, Client, held
from mobile_contract.vectors.patterns import Differs
from mobile_contract.vectors.server import Guest, Verdict, played

PROGRAM = "python -m mobile_contract.vectors"
TIMEOUT_S = 30.0


def main(words: list[str] | None = None) -> int:
    """Plays what is asked for; gives the exit code: 0 well, 1 otherwise, 2 the server would not have us."""
    asked = _parser().parse_args(words)
    if asked.client:
        with Client(shlex.split(asked.client)) as client:
            return _told(held(client, {name: published(name) for name in VECTORS}))
    headers = {"Accept-Encoding": "identity"}
    with httpx2.Client(base_url=asked.url, timeout=TIMEOUT_S, headers=headers, verify=asked.ca or True) as network:
        try:
            guest = Guest.arrive(sender(network), asked.invite, asked.phone, asked.password)
        except (Differs, httpx2.TransportError) as fault:
            sys.stderr.write(f"{asked.url}{fault}\n")
            return 2
        return _told(played(guest, published("talks")))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog=PROGRAM, description=__doc__)
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument("--url", help="a server: https://…")
    which.add_argument("--client", metavar="COMMAND", help="a client: reads a line of JSON, answers one")
    parser.add_argument("--invite", default="", help="what an invitation's QR code says (for --url)")
    parser.add_argument("--phone", default="", help="phone number of whoever signs in (for --url)")
    parser.add_argument("--password", default="", help="their password (for --url)")
    parser.add_argument("--ca", help="file of the authority to trust")
    return parser


def sender(network: httpx2.Client) -> Any:
    """Sends JSON over a client of HTTP."""

    def send(method: str, path: str, said: Any, headers: dict[str, str]) -> tuple[int, bytes]:
        body = None if said is None else json.dumps(said, ensure_ascii=False).encode()
        given = headers | ({"Content-Type": "application/json"} if body is not None else {})
        answer = network.request(method, path, content=body, headers=given)
        return answer.status_code, answer.content

    return send


def published(name: str) -> list[Case]:
    """The cases of a published file."""
    file = resources.files("mobile_contract") / "published" / "vectors" / f"{name}.json"
    cases: list[Case] = json.loads(file.read_text("utf-8"))["cases"]
    return cases


def _told(verdicts: Iterable[Verdict]) -> int:
    bad = good = skipped = 0
    for verdict in verdicts:
        good += verdict.fault is None and verdict.skipped is None
        skipped += verdict.skipped is not None
        bad += verdict.fault is not None
        if verdict.fault is not None:
            sys.stdout.write(f"FAILED   {verdict.about}\n         {verdict.fault}\n")
        elif verdict.skipped is not None:
            sys.stdout.write(f"skipped  {verdict.about}: {verdict.skipped}\n")
    sys.stdout.write(f"{good} as they should be, {bad} otherwise, {skipped} skipped\n")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
