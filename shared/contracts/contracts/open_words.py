"""Words of an enumeration to which later versions may add: an unknown word is read as itself and is no member.

A reader that knows the word decides by it; what a reader does with a word that it does not know stands where it decides.
"""

from enum import StrEnum
from functools import partial
from typing import Annotated, Any, Final, TypeVar

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, core_schema

Kind = TypeVar("Kind", bound=StrEnum)

LONGEST_WORD: Final = 60


def open_word(kind: type[Kind], value: str) -> Kind:
    """Return the member of this value, or the value as a word of this kind that is no member."""
    return next((word for word in kind if word.value == value), None) or _unknown(kind, value)


def is_known(word: StrEnum) -> bool:
    """Whether a word is a member of its enumeration."""
    return any(word is each for each in type(word))


def _unknown(kind: type[Kind], value: str) -> Kind:
    word = str.__new__(kind, value)
    word._name_ = word._value_ = value
    return word


class _Open:
    """Reads the members of an enumeration, and from JSON any other short text as an unknown word; Python values have to be of its class."""

    def __get_pydantic_core_schema__(self, source: type[StrEnum], handler: GetCoreSchemaHandler) -> CoreSchema:
        member = handler(source)
        text = core_schema.str_schema(strict=True, min_length=1, max_length=LONGEST_WORD)
        other = core_schema.no_info_after_validator_function(partial(_unknown, source), text)
        return core_schema.json_or_python_schema(
            json_schema=core_schema.union_schema([member, other], mode="left_to_right"),
            python_schema=member,
            serialization=core_schema.to_string_ser_schema(),
        )

    def __get_pydantic_json_schema__(self, schema: Any, handler: GetJsonSchemaHandler) -> dict[str, Any]:  # noqa: ANN401 (any core schema)
        return handler(schema["python_schema"])


Open = Annotated[Kind, _Open()]
"""A word of an enumeration in a message; its JSON Schema lists the words that this version writes."""
