"""Rules that no schema states, because values break them together or a form does not show it: each has a code of its own."""

from collections.abc import Mapping
from typing import Any, Final, LiteralString

from pydantic_core import PydanticCustomError

SENTENCE: Final = "sentence"
FIELD: Final = "field"


def broken(code: LiteralString, sentence: str, *, field: str | None = None) -> PydanticCustomError:
    """Return what a validator raises where a rule is broken.

    ``code`` is written as the slug of a problem is (``impossible-time``), and is the slug where nothing else is wrong; ``field`` names
    which field of a model a rule about several is shown at.
    """
    return PydanticCustomError(code, "{sentence}", {SENTENCE: sentence, FIELD: field})


def sentence_of_rule(finding: Mapping[str, Any]) -> str | None:
    """Return what a broken rule states, None for any other finding."""
    return finding.get("ctx", {}).get(SENTENCE)


def field_of_rule(finding: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the field that a broken rule of a model names, if it names one."""
    field = finding.get("ctx", {}).get(FIELD)
    return (field,) if field else ()
