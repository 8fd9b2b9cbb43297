"""Structured logs, one JSON object a line; no personal data, no tokens."""

import logging
import sys

import structlog

from backend.kernel.settings import Settings


def _to_stderr(*_: object) -> structlog.PrintLogger:
    """Standard error as it is now: whoever replaced it since wants the log too."""
    return structlog.PrintLogger(sys.stderr)


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
