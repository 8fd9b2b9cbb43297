"""Wall 8: one clock, one mint, named gateways.

Prevents rules that cannot be replayed in a test, ids from two mints, and talk with machines nobody knows of.
"""

import ast
from collections.abc import Iterator

import pytest

from tests.walls.sources import Source, at, dotted, ours, plant

GATEWAYS = {
    "backend/kernel/clock.py": {"datetime", "time"},
    "backend/kernel/ids.py": {"secrets", "time", "uuid"},
    "backend/kernel/settings.py": {"os"},
    "backend/kernel/tls.py": {"socket"},  # asks which addresses this machine has
    "backend/app.py": {"os.environ"},  # start-up refuses a foreign variable that would let forged tokens pass
    "sync/handset/store.py": {"datetime", "time", "uuid", "secrets"},  # a phone's own device
}
"""What each gateway may reach for; every other file asks a gateway."""
COMMAND_LINE = ("backend/cli.py", "backend/cli/", "backend/day/")
"""The edge where a person's terminal begins: clock, dice and sockets are its own. So are the played day's."""

MODULES = {"random", "secrets", "socket"}
NAMES = {
    "datetime": {"now", "utcnow", "today"},
    "date": {"today"},
    "time": {
        "time",
        "time_ns",
        "monotonic",
        "monotonic_ns",
        "perf_counter",
        "perf_counter_ns",
        "localtime",
        "gmtime",
    },
    "uuid": {"uuid1", "uuid3", "uuid4", "uuid5", "uuid6", "uuid7", "uuid8"},
    "os": {"urandom", "getrandom", "environ", "getenv"},
    "func": {"now", "random", "current_timestamp", "localtimestamp", "gen_random_uuid"},
}


def stray_gateways(source: Source) -> list[str]:
    """Every look at a clock, dice, a socket or the environment outside the gateways."""
    if source.path.startswith(COMMAND_LINE):
        return []
    allowed = GATEWAYS.get(source.path, set())
    found = ((node, what) for node in ast.walk(source.tree) for what in _reaches(node))
    return [at(source, node, what) for node, what in found if not allowed & {what, what.split(".")[0]}]


def _reaches(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names if alias.name.split(".")[0] in MODULES)
    if isinstance(node, ast.ImportFrom) and node.level == 0:
        module = node.module or ""
        if module.split(".")[0] in MODULES:
            yield module
        yield from (
            f"{module}.{a.name}" for a in node.names if a.name in NAMES.get(module, ()) and module != "datetime"
        )
    if isinstance(node, ast.Attribute):
        owner = dotted(node.value).split(".")[-1]
        if node.attr in NAMES.get(owner, ()):
            yield f"{owner}.{node.attr}"


def test_clock_dice_and_sockets_are_only_in_gateways() -> None:
    assert [fault for source in ours() for fault in stray_gateways(source)] == []


@pytest.mark.parametrize(
    "fault",
    [
        "from datetime import datetime\nat = datetime.now()",
        "import datetime\nat = datetime.datetime.now(datetime.UTC)",
        "import datetime\non = datetime.date.today()",
        "import time\nat = time.monotonic()",
        "from time import time",
        "import uuid\nid = uuid.uuid4()",
        "from uuid import uuid7",
        "import random",
        "from secrets import token_hex",
        "import socket",
        "import os\nhome = os.environ['HOME']",
        "import os\nsalt = os.urandom(8)",
        "from sqlalchemy import func\nat = func.now()",
        "from datetime import datetime\nfrom pydantic import Field\nat = Field(default_factory=datetime.utcnow)",
    ],
)
def test_a_second_clock_or_mint_is_caught(fault: str) -> None:
    assert len(stray_gateways(plant("backend/gas/rules.py", fault))) == 1
    assert stray_gateways(plant("backend/cli.py", fault)) == []


def test_a_gateway_keeps_to_its_own_trade() -> None:
    assert stray_gateways(plant("backend/kernel/clock.py", "import time\nat = time.time()")) == []
    assert stray_gateways(plant("backend/kernel/clock.py", "import socket")) != []


def test_the_words_of_time_are_free() -> None:
    harmless = "from datetime import datetime, UTC\nfrom uuid import UUID\nat = datetime(2026, 1, 1, tzinfo=UTC)"
    assert stray_gateways(plant("backend/gas/rules.py", harmless)) == []
