"""The bases of what requests carry and what answers carry."""

from collections.abc import Mapping
from typing import Any, Self

from pydantic import BaseModel, ConfigDict


class Body(BaseModel):
    """What a request carries: unknown fields are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


class View(BaseModel):
    """What an answer carries."""

    model_config = ConfigDict(frozen=True, from_attributes=True, use_attribute_docstrings=True)

    @classmethod
    def of(cls, known: Mapping[str, Any]) -> Self:
        """Make a view of values that have the types of its fields already, without checking them again: what this service has kept.

        Every field must be there; what is no field is left out. For lists: checking a page takes longer than reading it.
        """
        view, fields, keep = cls.__new__(cls), cls.__pydantic_fields__, object.__setattr__
        keep(view, "__dict__", {name: known[name] for name in fields})
        keep(view, "__pydantic_fields_set__", set(fields))
        keep(view, "__pydantic_extra__", None)
        keep(view, "__pydantic_private__", None)
        return view
