"""Whether a payment comes from the payer that was billed, pure: compared by the payer's id and, where that decides nothing, by its name.

The id of an 835 (N104, REF*2U) is often another than the one that claims are sent to, and a name is often longer or shorter than the one on
file. So only what names somebody else is doubted: an id of another known payer, the name of another known payer, or an id that nobody has
with a name that is not the payer's.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class KnownPayer:
    """A payer as the clinic has it on file."""

    id: UUID
    name: str
    code: str
    """The id that its claims are sent to."""


@dataclass(frozen=True, slots=True)
class Sender:
    """Who makes a payment, as its file states."""

    name: str
    ids: tuple[str, ...]

    def has_id_of(self, payer: KnownPayer) -> bool:
        """Whether the file gives the payer's id."""
        return plain(payer.code) in {plain(each) for each in self.ids}

    def has_name_of(self, payer: KnownPayer) -> bool:
        """Whether the file gives the payer's name, except for letters' case, spaces and signs."""
        return bool(plain(self.name)) and plain(self.name) == plain(payer.name)

    def may_be_called(self, payer: KnownPayer) -> bool:
        """Whether one of the two names is the other or begins with its words, as Aetna and AETNA LIFE INSURANCE CO."""
        shorter, longer = sorted((_words(self.name), _words(payer.name)), key=len)
        return self.has_name_of(payer) or (bool(shorter) and longer[: len(shorter)] == shorter)

    @property
    def shown(self) -> str:
        """How a person recognizes it."""
        return f"{self.name} ({', '.join(self.ids)})" if self.ids else self.name


def plain(written: str) -> str:
    """Return the letters and digits of a name or an id, in lower case."""
    return "".join(letter for letter in written.casefold() if letter.isalnum())


def _words(name: str) -> list[str]:
    return "".join(letter if letter.isalnum() else " " for letter in name.casefold()).split()


def doubt(sender: Sender, requested: KnownPayer, known: Collection[KnownPayer]) -> str | None:
    """Return why a payment does not seem to come from the payer that was billed; None where it may.

    ``known`` are the payers on file that have an id or the name of the sender.
    """
    if sender.has_id_of(requested):
        return None
    others = [each for each in known if each.id != requested.id]
    if by_id := _first(each for each in others if sender.has_id_of(each)):
        return f"that is the id of {by_id.name}"
    if sender.may_be_called(requested):
        return None
    if by_name := _first(each for each in others if sender.has_name_of(each)):
        return f"that is the name of another payer on file, {by_name.name} ({by_name.code})"
    return "neither that id nor that name is on file" if sender.ids else None


def _first(found: Iterable[KnownPayer]) -> KnownPayer | None:
    return next(iter(found), None)
