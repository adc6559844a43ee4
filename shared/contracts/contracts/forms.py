"""Texts of a certain form, each with the sentence that states what they look like."""

from dataclasses import dataclass
from typing import Any, Final

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

WRONG_FORM: Final = "text_form"
"""The code of a text that has another form; pydantic reserves its own `string_pattern_mismatch` for its own message."""
ANY_DIGIT: Final = r"\d"
ASCII_DIGIT: Final = "[0-9]"
r"""In pydantic's expressions ``\d`` is a digit of any script, also within brackets; in JSON Schema, and here, it is one of 0 to 9."""


@dataclass(frozen=True, slots=True)
class TextForm:
    """The form of a text as a regular expression, and the sentence that is the error's message when a text has another.

    ``Annotated[str, TextForm("^[A-Z]{2}$", "A state is written with two capital letters, such as NY.")]``
    """

    pattern: str
    sentence: str

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:  # noqa: ANN401 (pydantic's own)
        """Check the form after the constraints that stand before it; all of it runs in pydantic's core."""
        text = core_schema.str_schema(pattern=self.pattern.replace(ANY_DIGIT, ASCII_DIGIT))
        form = core_schema.custom_error_schema(text, WRONG_FORM, custom_error_message=self.sentence)
        return core_schema.chain_schema([handler(source), form])

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """Write the form into the JSON Schema, whether the text is read or answered."""
        text = schema["steps"][0] if schema["type"] == "chain" else schema
        return {**handler(text), "pattern": self.pattern}
