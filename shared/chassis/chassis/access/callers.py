"""Who makes a request, as an access token states it: a person with roles, or a machine client with scopes."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from chassis.text import tidied

LONGEST_NAME: Final = 100


@dataclass(frozen=True, slots=True)
class Grant:
    """A role, everywhere or for one site (for a therapist: as one therapist)."""

    role: str
    of: UUID | None = None


@dataclass(frozen=True, slots=True)
class Caller:
    """Who makes a request."""

    subject: str
    """The issuer's name of the account or client; it never changes."""
    name: str
    """How the account is shown to people."""
    grants: tuple[Grant, ...] = ()
    """What a person may be; a machine client has none."""
    scopes: frozenset[str] = frozenset()
    is_machine: bool = False
    """Whether it acts for itself: its scopes grant, where those of a person only narrow what their roles grant."""


def read_grants(written: Iterable[object]) -> tuple[Grant, ...]:
    """Read roles as a token lists them, ``front_desk`` or ``front_desk:UUID``; what is not written so is left out."""
    return tuple(grant for each in written if isinstance(each, str) and (grant := _grant(each)) is not None)


def shown(name: object, subject: str) -> str:
    """Return the name under which somebody is shown, the subject where there is none that can be shown."""
    seen = "".join(filter(str.isprintable, tidied(name))).strip() if isinstance(name, str) else ""
    return (seen or subject)[:LONGEST_NAME]


def _grant(written: str) -> Grant | None:
    role, colon, of = written.partition(":")
    if not colon:
        return Grant(role)
    try:
        return Grant(role, UUID(of))
    except ValueError:
        return None
