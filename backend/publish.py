"""Everything that a phone author reads, generated from what the server obeys."""

import json
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

import mobile_contract
from backend.app import create_app
from backend.kernel.backups import BackupDamaged, BackupForeign, DatabaseInUse
from backend.kernel.settings import Settings
from backend.modules import MODULES
from backend.openapi import describe
from mobile_contract.problems import PROBLEMS
from mobile_contract.schema import rooms, wire_hash
from mobile_contract.vectors.every import every
from mobile_contract.version import CONTRACT, RELEASED
from sync.kinds import Registry
from sync.refusal import Refusal

FOLDER = Path(mobile_contract.__file__).parent / "published"
PIN = "wire.sha256"
HOUSE = ("qr", "sync", "mobile_contract", "backend")
AT_NO_DOOR: tuple[type[Refusal], ...] = (BackupDamaged, BackupForeign, DatabaseInUse)
"""Refusals of the command line alone: the app does not bring them in."""


class WireChanged(Exception):
    """The wire of a contract that phones in the field speak has changed under its old number."""


def publish(check: bool, folder: Path = FOLDER) -> list[str]:
    """Writes what is published, or with `check` only compares; gives the names of the files that were stale.

    Raises WireChanged when contract CONTRACT is released and its wire is no longer the one that was pinned.
    """
    wanted = generate(pins(folder))
    there = {p.relative_to(folder).as_posix(): p for p in folder.rglob("*") if p.is_file()} if folder.exists() else {}
    stale = [name for name, text in wanted.items() if name not in there or there[name].read_bytes() != text.encode()]
    lost = sorted(there.keys() - wanted.keys() - _of_others(there))
    if not check:
        for name in stale:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(wanted[name].encode())
        for name in lost:
            there[name].unlink()
    return sorted([*stale, *lost])


def _of_others(there: dict[str, Path]) -> set[str]:
    """What lies beside it but is made by others: the TypeScript client."""
    return {name for name in there if name.split("/")[0] == "ts"}


def generate(pinned: dict[int, str]) -> dict[str, str]:
    """Every published file: its name and its text."""
    registry = Registry(kind for module in MODULES for kind in module.kinds)
    openapi, policies, schemas = _openapi(), registry.policies(), rooms()
    files: dict[str, Any] = {f"schema/{room}.json": schema for room, schema in schemas.items()}
    files |= {"openapi.json": openapi, "policies.json": policies, "problems.json": problems()}
    files |= {f"vectors/{name}.json": examples for name, examples in every().items()}
    pinned = pinned_with(pinned, wire_hash(schemas, policies, _doors(openapi)))
    texts = {name: text_of(content) for name, content in files.items()}
    return texts | {PIN: "".join(f"{version} {digest}\n" for version, digest in sorted(pinned.items()))}


@cache
def _openapi() -> dict[str, Any]:
    """Of an app that keeps nothing; described once in a process, to be read only."""
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(Settings(data_dir=Path(folder), testing=True, log_json=True))
        try:
            return describe(app)
        finally:
            app.state.house.db.close()


def _doors(openapi: dict[str, Any]) -> dict[str, Any]:
    """What is asked and answered at each door when all goes well. A phone takes any refusal by its shape."""
    return {
        f"{method} {path}": {
            "parameters": operation["parameters"],
            "requestBody": operation.get("requestBody"),
            "responses": {code: answer for code, answer in operation["responses"].items() if code[0] not in "45"},
        }
        for path, operations in openapi["paths"].items()
        for method, operation in operations.items()
    }


def problems() -> dict[str, dict[str, Any]]:
    """code -> {status, zh, en}; `status` is null for a code that only travels inside an answer."""
    statuses = {refusal.code: refusal.status for refusal in (*_all_below(Refusal), *AT_NO_DOOR) if _is_ours(refusal)}
    return {code: {"status": statuses.get(code), "zh": text.zh, "en": text.en} for code, text in PROBLEMS.items()}


def _is_ours(refusal: type[Refusal]) -> bool:
    """Whether it has a code and is the product's own: a town of the tests refuses by classes of its own."""
    return "code" in vars(refusal) and refusal.__module__.partition(".")[0] in HOUSE


def _all_below(family: type[Refusal]) -> list[type[Refusal]]:
    return [r for below in family.__subclasses__() for r in (below, *_all_below(below))]


# -- the pin ------------------------------------------------------------------------------------------------------


def pins(folder: Path = FOLDER) -> dict[int, str]:
    """The hash of the wire of each contract, as published."""
    file = folder / PIN
    lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
    return {int(version): digest for version, digest in (line.split() for line in lines)}


def pinned_with(
    pinned: dict[int, str], digest: str, contract: int = CONTRACT, released: int = RELEASED
) -> dict[int, str]:
    """The pins with the present wire. A contract up to `released` keeps its hash for ever."""
    if contract <= released and pinned.get(contract, digest) != digest:
        raise WireChanged(
            f"The wire has changed, and contract {contract} is released: phones in the field speak it. Take the change "
            "back, or raise CONTRACT in mobile_contract/version.py and say in HISTORY what is new."
        )
    return pinned | {contract: digest}


def text_of(content: Any) -> str:
    """JSON that is the same on every machine."""
    return json.dumps(content, sort_keys=True, indent=1, ensure_ascii=False, allow_nan=False) + "\n"
