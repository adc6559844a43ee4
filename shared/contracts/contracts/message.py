"""What every message is: a frozen model that knows its type, its exchange and whom it speaks about."""

from typing import ClassVar, Final, Unpack
from uuid import UUID

from pydantic import BaseModel, ConfigDict

EVENTS: Final = "holdfast.events"
COMMANDS: Final = "holdfast.commands"
QUESTIONS: Final = "holdfast.questions"
"""Requests that are answered at once or not at all, and stored nowhere."""
REPLIES: Final = ""
"""The broker's default exchange, which delivers an answer to the one who asked."""

MESSAGES: Final[dict[str, type["Message"]]] = {}
"""Every published message by its type; filled as the contract modules are imported."""


class Part(BaseModel):
    """A piece of a message: strict in what it takes, deaf to fields that a later version adds."""

    model_config = ConfigDict(frozen=True, strict=True, extra="ignore", use_attribute_docstrings=True)


class Message(Part):
    """A command (verb-noun, one owner) or a fact (noun-verb in the past), versioned in its type."""

    type: ClassVar[str]
    exchange: ClassVar[str]

    def __init_subclass__(cls, *, type: str | None = None, exchange: str = EVENTS, **config: Unpack[ConfigDict]) -> None:  # noqa: A002
        """Register a published message; a shared base passes no type."""
        super().__init_subclass__(**config)
        if type is not None:
            cls.type, cls.exchange = type, exchange
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
        """The aggregate's version after what the message tells."""
        return None
