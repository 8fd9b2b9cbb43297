"""Serves an app as `gridcrew serve` does, for a benchmark: `python -m bench.serve bench.rig:app PORT`."""

import importlib
import sys

from backend.cli import ports


def main(target: str, port: str) -> None:
    """Serves the app that `target` makes until it is told to end."""
    module, _, name = target.partition(":")
    made = getattr(importlib.import_module(module), name)()
    listening = ports.listen("127.0.0.1", int(port), exact=True)
    ports.serve(made, listening, None, None, ready=lambda: None, before_end=lambda: None)


if __name__ == "__main__":
    main(*sys.argv[1:])
