"""The command line: `gridcrew`. What a person types, and what they read back."""


def main() -> None:
    """Runs the command named on the command line; ends the process with its exit code."""
    from backend.cli.commands import run  # here, so that the package costs nothing to import

    run()
