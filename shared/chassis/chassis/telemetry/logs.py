"""Structured logs: one readable line, or one JSON object a line for machines. Never personal data."""

import logging
import re
import sys
from collections.abc import MutableMapping
from contextlib import suppress
from io import TextIOBase
from pathlib import Path
from traceback import extract_tb
from typing import TYPE_CHECKING, Any, Final, TextIO, cast

import structlog
from pydantic import ValidationError
from sqlalchemy.exc import DBAPIError

if TYPE_CHECKING:
    from chassis.settings import Settings

LONGEST_ERROR: Final = 300
DEEPEST: Final = 12
QUOTING: Final = "22"
"""The SQLSTATE class of data exceptions: PostgreSQL quotes the value it could not take."""


NO_TEXT: Final = re.compile("[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
"""Characters that move a terminal's cursor, colour it, turn its text round, or cannot be written."""


def describe(error: BaseException) -> str:
    """Return what an error is without the values it was about."""
    if isinstance(error, DBAPIError):
        state = getattr(error.orig, "sqlstate", None) or ""
        stated = "" if state.startswith(QUOTING) else str(getattr(getattr(error.orig, "__cause__", None), "args", ("",))[0])
        return f"{type(error).__name__} {state} {stated}".strip()[:LONGEST_ERROR]
    if isinstance(error, ValidationError):
        found = (f"{'.'.join(str(part) for part in finding['loc'])}: {finding['type']}" for finding in error.errors(include_input=False))
        return f"{error.title} does not fit: {'; '.join(found)}"[:LONGEST_ERROR]
    return f"{type(error).__name__}: {error}".removesuffix(": ")[:LONGEST_ERROR]


def _without_values(_: object, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Replace an exception by the places it came through and its description."""
    info = event.pop("exc_info", None)
    error = sys.exc_info()[1] if info is True else info[1] if isinstance(info, tuple) else info
    if isinstance(error, BaseException):
        places = extract_tb(error.__traceback__)[-DEEPEST:]
        event["error"] = describe(error)
        event["trace"] = " < ".join(f"{Path(place.filename).name}:{place.lineno} {place.name}" for place in reversed(places))
    return event


class _OneLine(structlog.dev.ConsoleRenderer):
    """Renders an event as one line, whatever its values hold: what others sent is logged as well."""

    def __call__(self, logger: Any, name: str, event_dict: MutableMapping[str, Any]) -> str:  # noqa: ANN401 (as the library has it)
        line = super().__call__(logger, name, event_dict)
        return NO_TEXT.sub(lambda found: found[0].encode("unicode_escape").decode(), line)


class _StandardOutput(TextIOBase):
    """Writes to whatever standard output is at the moment, because loggers are made once and kept.

    A line that cannot be written, on a full disk for example, is lost: it must not end the process.
    """

    def write(self, text: str) -> int:
        with suppress(OSError):
            sys.stdout.write(text)
        return len(text)

    def flush(self) -> None:
        with suppress(OSError):
            sys.stdout.flush()


def configure(settings: "Settings") -> None:
    """Write everything, our own lines and the libraries', in one format to standard output."""
    level = logging.getLevelNamesMapping()[settings.log_level]
    shared = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _without_values,
    ]
    renderer = structlog.processors.JSONRenderer() if settings.log_json else _OneLine(colors=False, pad_event_to=0)
    structlog.configure(
        processors=[*shared, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(cast("TextIO", _StandardOutput())),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared, processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer]
        )
    )
    logging.basicConfig(handlers=[handler], level=max(level, logging.WARNING), force=True)
    logging.getLogger("uvicorn.error").setLevel(level)
    for chatty in ("aiormq", "aio_pika"):  # an outage is logged once, by the part that it stops
        logging.getLogger(chatty).setLevel(logging.CRITICAL)
    structlog.contextvars.bind_contextvars(service=settings.service)
