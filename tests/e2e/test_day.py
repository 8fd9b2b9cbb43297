"""A whole day against the real server, killed twice in the middle: everything is accounted for, exactly once."""

import os
import subprocess
import sys

import pytest

from backend.day.server import OwnServer
from tests.postgres import Postgres

WITHIN_S = 420


def played(*words: str, **environment: str) -> str:
    """What `gridcrew day` printed; it must end with 0."""
    command = [sys.executable, "-m", "backend.cli", "--lang", "en", "day", *words]
    done = subprocess.run(
        command, env=os.environ | environment, capture_output=True, text=True, timeout=WITHIN_S, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


@pytest.mark.long
def test_a_day_with_a_server_that_dies_twice_ends_with_everything_accounted_for() -> None:
    said = played("--seed", "1", "--kill", "2")
    assert "server killed 2 times" in said
    for befell in ("lost", "repeated", "uploads", "revoked", "clock"):  # the table may break a line anywhere
        assert befell in said


@pytest.mark.full
@pytest.mark.parametrize("seed", ["2", "3", "4"])
def test_other_days_end_well_too(seed: str) -> None:
    played("--seed", seed, "--kill", "3", "--people", "15")


@pytest.mark.full
def test_a_day_on_postgresql(postgres: Postgres) -> None:
    with postgres.fresh() as url:
        played("--seed", "1", "--kill", "2", GRIDCREW_DATABASE_URL=url)


@pytest.mark.full
def test_a_day_against_a_server_that_runs_already(server: OwnServer) -> None:
    """Over HTTPS with its authority; its clock is its own, so what was done is claimed for the hours before."""
    https, authority = server.secure_url, server.folder / "data" / "certificates" / "authority.crt"
    said = played("--seed", "5", "--server", https, "--ca", str(authority))
    assert "Everything is accounted for" in said
