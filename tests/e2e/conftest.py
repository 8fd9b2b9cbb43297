"""The real server over sockets, in a process of its own."""

from collections.abc import Callable, Iterator, Sequence

import pytest
from typer.testing import CliRunner, Result

from backend.cli.commands import app
from backend.day.server import OwnServer

Run = Callable[..., Result]


@pytest.fixture(scope="module")
def server() -> Iterator[OwnServer]:
    """A demo server that a module's tests share."""
    made = OwnServer()
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
