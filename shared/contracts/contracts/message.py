"""What every message is: a frozen model with its type, its exchange and the subject that it is about."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar, Final, Unpack
from uuid import UUID

from pydantic import BaseModel, ConfigDict

EVENTS: Final = "holdfast.events"
COMMANDS: Final = "holdfast.commands"
QUESTIONS: Final = "holdfast.questions"
"""Requests that are answered at once or not at all, and stored nowhere."""
REPLIES: Final = ""
"""The broker's default exchange, which delivers an answer to the caller."""

MESSAGES: Final[dict[str, type["Message"]]] = {}
"""Every published message by its type; filled as the contract modules are imported."""


@dataclass(frozen=True, slots=True)
class Deprecation:
    """How long a version of a message is still published beside the one that replaces it."""

    since: date
    until: date
    """The last day on which it is certainly published."""
    replacement: str
    """The type to read instead."""


class Part(BaseModel):
    """A piece of a message: strict when it is written, tolerant of fields that a later version adds."""

    model_config = ConfigDict(frozen=True, strict=True, extra="ignore", use_attribute_docstrings=True)


class Message(Part):
    """A command (verb-noun, one owner) or a fact (noun-verb in the past), versioned in its type."""

    type: ClassVar[str]
    exchange: ClassVar[str]
    deprecation: ClassVar[Deprecation | None] = None

    def __init_subclass__(
        cls,
        *,
        type: str | None = None,  # noqa: A002
        exchange: str = EVENTS,
        deprecation: Deprecation | None = None,
        **config: Unpack[ConfigDict],
    ) -> None:
        """Register a published message; a shared base passes no type."""
        super().__init_subclass__(**config)
        if type is not None:
            cls.type, cls.exchange, cls.deprecation = type, exchange, deprecation
            MESSAGES[type] = cls

    @property
    def subject(self) -> UUID | None:
        """The aggregate that the message is about; none where it is plural."""
        return None

    @property
    def correlation(self) -> UUID | None:
        """The session whose story the message belongs to; none where it is plural or about no session."""
        return None

    @property
    def sequence(self) -> int | None:
        """The aggregate's version after the change that the message states."""
        return None
