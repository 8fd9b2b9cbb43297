"""Structured logs, one JSON object a line; no personal data, no tokens."""

import logging
import sys

import structlog

from backend.kernel.settings import Settings


class _Stderr:
    """Standard error as it is at each line: whoever replaced it since wants the log too."""

    def msg(self, line: str) -> None:
        """Writes a line."""
        structlog.PrintLogger(sys.stderr).msg(line)

    debug = info = warning = error = critical = exception = msg


def _to_stderr(*_: object) -> _Stderr:
    return _Stderr()


def set_up_logs(settings: Settings) -> None:
    """Sends structlog to standard error: JSON lines in service, readable ones in the demo."""
    renderer = structlog.processors.JSONRenderer() if settings.log_json else structlog.dev.ConsoleRenderer()
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(
            logging.WARNING if settings.testing or settings.demo else logging.INFO
        ),
        logger_factory=_to_stderr,
        cache_logger_on_first_use=False,
    )
