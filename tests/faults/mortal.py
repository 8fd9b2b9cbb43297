"""`gridcrew` that dies of itself as by a power cut: just before a commit, or just after it and before anybody is told.

MORTAL says when: `before 30`, `after 30`, at the thirtieth commit. The moment between commit and answer lasts a
millisecond: a killer from outside meets it once in a hundred times.
"""

import os
import signal

from sqlmodel import Session

from backend.cli.commands import app


def make_mortal(when: str, commits: int) -> None:
    """From now on this process ends at that commit."""
    whole, left = Session.commit, [commits]

    def commit(self: Session) -> None:
        left[0] -= 1
        if left[0] == 0 and when == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        whole(self)
        if left[0] == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    Session.commit = commit  # type: ignore[method-assign]  # the one place that commits: backend/kernel/db.py


if __name__ == "__main__":
    said = os.environ["MORTAL"].split()
    make_mortal(said[0], int(said[1]))
    app()
