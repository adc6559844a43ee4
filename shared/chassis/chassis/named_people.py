"""People whom a sentence is about without their name: how it calls them, and who they are, for whoever writes the name there."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class NamedPerson:
    """One person within a message: ``text`` is their place there, the rest is who they are."""

    text: str
    """As the message has it: The client."""
    id: UUID
    name: str
