"""Plain sentences for what pydantic finds wrong with a value: what people read at a field, and what programs may show.

Every finding that a caller can cause has a sentence here. A text whose form is a regular expression has the sentence beside it
(`contracts.forms.TextForm`).
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from contracts.forms import WRONG_FORM

from chassis.bodies.rules import field_of_rule, sentence_of_rule
from chassis.errors import LISTED_AT_MOST, DomainError, FieldError, Invalid, Malformed
from chassis.text import PRINTABLE

WRONG_PATTERN: Final = "string_pattern_mismatch"
NEEDED: Final = "This is required."

UNREADABLE: Final = ("json_invalid", "missing", "extra_forbidden", "_type", "_parsing", "model_attributes_type")
"""Endings of pydantic's codes for input that is not of the shape at all (400); the others break a rule (422)."""

LONGEST_FIELD: Final = 200
"""Characters of a field's name in an answer."""

_Context = Mapping[str, Any]


def _at_least(context: _Context) -> str:
    least = context["min_length"]
    return NEEDED if least == 1 else f"This needs at least {least} characters."


def _at_most(context: _Context) -> str:
    """Return how long a list may be; of a text that a function has read before, pydantic reports only that it is a value."""
    most = context["max_length"]
    return f"This may have at most {most} characters." if context.get("field_type") == "Value" else f"At most {most} are possible."


def _number(context: _Context, bound: str, words: str) -> str:
    limit = str(context[bound]).removeprefix("Decimal('").removesuffix("')")  # FastAPI writes a decimal as Python does
    return f"This must be {words} {limit}."


def _another_form(context: _Context) -> str:
    if context["pattern"] == PRINTABLE:
        return "The text holds a NUL character, which cannot be stored. Leave it out."
    return "This is not written in a form that is understood here."


_A_WHOLE_NUMBER: Final = "Enter a whole number, such as 3."
_A_NUMBER: Final = "Enter a number, such as 185.00."
_A_DAY: Final = "Enter a date, written as 2026-03-02."
_A_MOMENT: Final = "Enter a date and a time with their offset from UTC, written as 2026-03-02T09:00:00-05:00."
_YES_OR_NO: Final = "Choose yes or no (true or false)."
_TEXT: Final = "Enter a text."
_A_LIST: Final = "Send a list."
_FIELDS: Final = "Send an object with fields."
_AN_ID: Final = "Send an id, written as 01929a6e-6d5b-7b7e-8a39-6b0f8d0f3c11."
_NO_FIELD: Final = "There is no such field here."

SENTENCES: Final[Mapping[str, str | Callable[[_Context], str]]] = {
    "missing": NEEDED,
    "extra_forbidden": _NO_FIELD,
    "none_required": "This must be left empty.",
    "missing_sentinel_error": "This must be left out.",
    "json_invalid": lambda context: f"This is not JSON: {context['error']}.",
    **dict.fromkeys(("json_type", "string_type", "string_sub_type"), _TEXT),
    "string_unicode": "The text holds characters that are not Unicode.",
    "string_too_short": _at_least,
    "string_too_long": lambda context: f"This may have at most {context['max_length']} characters.",
    WRONG_PATTERN: _another_form,
    "bool_type": _YES_OR_NO,
    "bool_parsing": _YES_OR_NO,
    "int_type": _A_WHOLE_NUMBER,
    "int_parsing": _A_WHOLE_NUMBER,
    "int_parsing_size": "This number is too large.",
    "int_from_float": _A_WHOLE_NUMBER,
    "float_type": _A_NUMBER,
    "float_parsing": _A_NUMBER,
    "finite_number": _A_NUMBER,
    "decimal_type": _A_NUMBER,
    "decimal_parsing": _A_NUMBER,
    "decimal_max_digits": lambda context: f"This number may have at most {context['max_digits']} digits.",
    "decimal_max_places": lambda context: f"This number may have at most {context['decimal_places']} decimals.",
    "decimal_whole_digits": lambda context: f"This number may have at most {context['whole_digits']} digits before the point.",
    "multiple_of": lambda context: f"This must be a multiple of {context['multiple_of']}.",
    "greater_than": lambda context: _number(context, "gt", "more than"),
    "greater_than_equal": lambda context: _number(context, "ge", "at least"),
    "less_than": lambda context: _number(context, "lt", "less than"),
    "less_than_equal": lambda context: _number(context, "le", "at most"),
    "enum": lambda context: f"Choose one of {context['expected']}.",
    "literal_error": lambda context: f"Choose one of {context['expected']}.",
    **dict.fromkeys(("date_type", "date_parsing", "date_from_datetime_parsing", "date_from_datetime_inexact"), _A_DAY),
    "time_type": "Enter a time of day, written as 09:00.",
    "time_parsing": "Enter a time of day, written as 09:00.",
    **dict.fromkeys(("datetime_type", "datetime_parsing", "datetime_object_invalid", "datetime_from_date_parsing"), _A_MOMENT),
    "timezone_aware": "This time needs its offset from UTC, such as 2026-03-02T09:00:00-05:00.",
    **dict.fromkeys(("uuid_type", "uuid_parsing", "uuid_version"), _AN_ID),
    **dict.fromkeys(("list_type", "tuple_type", "set_type", "frozen_set_type", "iterable_type"), _A_LIST),
    "too_short": lambda context: f"At least {context['min_length']} are required.",
    "too_long": _at_most,
    **dict.fromkeys(("dict_type", "mapping_type", "model_type", "model_attributes_type", "dataclass_type"), _FIELDS),
    "union_tag_not_found": "The kind of this is not stated.",
    "union_tag_invalid": lambda context: f"Choose a kind among {context['expected_tags']}.",
}
"""The text for a finding of pydantic, by its code; a check of our own (`value_error`) has its own text."""


def sentence_of(finding: Mapping[str, Any]) -> str:
    """Return what is wrong with a value, and what would do, as one plain sentence.

    ``finding`` is one of ``ValidationError.errors()``: ``type``, ``msg``, and ``ctx`` where its code has one.
    """
    words = SENTENCES.get(finding["type"]) or sentence_of_rule(finding)
    context = finding.get("ctx", {})
    if words is None:
        return _sentence(finding["msg"].removeprefix("Value error, "))
    return words if isinstance(words, str) else words(context)


def code_of(finding: Mapping[str, Any]) -> str:
    """Return the machine code of a finding: pydantic's, also where a sentence of our own stands for it."""
    return WRONG_PATTERN if finding["type"] == WRONG_FORM else finding["type"]


def _sentence(message: str) -> str:
    """Write a message as a sentence: with a capital and a full stop."""
    text = message[:1].upper() + message[1:]
    return text if text.endswith((".", "!", "?")) else f"{text}."


def invalid(found: Sequence[Mapping[str, Any]]) -> DomainError:
    """Turn pydantic's findings into one problem that names them all: by its own slug where they are one broken rule."""
    found = [each for each in found if not _counts_only_what_is_right(each)]
    unreadable = any(code_of(finding).endswith(UNREADABLE) for finding in found)
    kind = Malformed if unreadable else Invalid
    errors = [
        FieldError(field=_field(finding)[:LONGEST_FIELD], code=code_of(finding), message=sentence_of(finding))
        for finding in found[:LISTED_AT_MOST]
    ]
    rules = {each["type"] if sentence_of_rule(each) else "invalid-request" for each in found}
    slug = rules.pop() if len(rules) == 1 else "invalid-request"
    is_alone = len(found) == 1 and slug != "invalid-request"
    detail = errors[0].message if is_alone else " ".join(f"{error.field}: {error.message}" for error in errors)
    problem = kind(slug, detail, errors)
    if omitted := len(found) - len(errors):
        problem.members["errors_omitted"] = omitted
    return problem


def _counts_only_what_is_right(finding: Mapping[str, Any]) -> bool:
    """Whether a list is found too short because pydantic counts only those of its items that nothing is wrong with."""
    return finding["type"] == "too_short" and len(finding["input"]) >= finding["ctx"]["min_length"]


def _field(finding: Mapping[str, Any]) -> str:
    place, *path = *finding["loc"], *field_of_rule(finding)
    if finding["type"] == "json_invalid" or not path:
        return str(place)
    return ".".join(str(part) for part in path)
