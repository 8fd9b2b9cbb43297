"""The real server over sockets, in a process of its own."""

import shutil
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from backend.cli.commands import app
from backend.day.server import OwnServer
from tests.postgres import locked

Run = Callable[..., Result]


@pytest.fixture(scope="session")
def planted(run_folder: Path) -> Path:
    """The data folder of a demo, planted once for the run; tests begin with copies of it."""
    folder = run_folder / "planted"
    with locked(run_folder, "planted"):
        if not folder.exists():
            made = OwnServer()
            try:
                made.start()
            finally:
                made.end(keep=True)
            shutil.move(made.data, folder)
            made.end(keep=False)
    return folder


@pytest.fixture(scope="module")
def server(planted: Path) -> Iterator[OwnServer]:
    """A demo server that a module's tests share."""
    made = OwnServer(planted=planted)
    try:
        made.start()
        yield made
    finally:
        made.end(keep=False)


@pytest.fixture
def gridcrew() -> Run:
    """Runs a command as typed; checks its exit code."""

    def run(*words: str, code: int = 0, env: dict[str, str] | None = None) -> Result:
        result = CliRunner().invoke(app, _words(words), env=env)
        assert result.exit_code == code, f"{words}: {result.exit_code}\n{result.output}\n{result.exception!r}"
        return result

    return run


def _words(words: Sequence[str]) -> list[str]:
    return [str(word) for word in words]
