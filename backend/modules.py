"""The modules of the house, in floor order, lowest first."""

import importlib
import importlib.util
from collections.abc import Sequence

from backend.kernel.module import Module

# BUILDING: written out as plain imports when every room stands.
_NAMES = ("people", "attachments", "handsets", "attendance", "workorders", "gas")
MODULES: Sequence[Module] = [
    importlib.import_module(f"backend.{name}.module").MODULE
    for name in _NAMES
    if importlib.util.find_spec(f"backend.{name}") and importlib.util.find_spec(f"backend.{name}.module")
]
