"""The command line: `gridcrew`. What a person types, and what they read back."""


def main() -> None:
    """Runs the command named on the command line; ends the process with its exit code."""
    from backend.kernel import heap  # here, so that the package costs nothing to import

    heap.load_at_ease()
    from backend.cli.commands import run

    run()
