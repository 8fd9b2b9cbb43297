"""The command line in this process: what a person types, without the seconds that a start takes.

A process of its own is for tests of the process: how it starts, is killed, ends.
"""

from pathlib import Path

from typer.testing import CliRunner, Result

from backend.cli.commands import app


def typed(folder: Path, *words: str, code: int = 0, **variables: str) -> Result:
    """What a command answered that keeps its data in the folder; it must end with `code`."""
    told = {"GRIDCREW_DATA_DIR": str(folder), "GRIDCREW_TESTING": "1", **variables}
    done = CliRunner().invoke(app, list(words), env=told)
    assert done.exit_code == code, f"{words}: {done.exit_code}\n{done.output}\n{done.exception!r}"
    return done
