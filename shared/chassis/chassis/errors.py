"""What can be wrong with a request, however it arrives: the few errors that use cases raise.

They are independent of HTTP. ``chassis.http.problems`` answers each kind with a status of its own; the message edge makes a dead letter of
what it cannot handle.
"""

from collections.abc import Sequence
from typing import Any, Final, Self

from pydantic import BaseModel, Field

from chassis.named_people import NamedPerson
from chassis.named_times import NamedTime

LISTED_AT_MOST: Final = 100
"""Problems that one answer lists; whoever sends thousands gets no answer that is larger than what was sent."""
LONGEST_DETAIL: Final = 20_000
"""Characters of the detail in an answer."""
OF_EVERY_PROBLEM: Final = {"type", "title", "status", "detail", "errors", "instance"}
"""Members of an answer that follow from the error; none of them is given as a further one."""


class FieldError(BaseModel):
    """One thing that is wrong with one field."""

    field: str = Field(examples=["starts_at"])
    code: str = Field(examples=["timezone_aware"])
    message: str = Field(examples=["This time needs its offset from UTC, such as 2026-03-02T09:00:00-05:00."])
    fix: str | None = Field(None, examples=["Choose a time within the opening hours."])
    """What would work, where it can be stated separately from the message."""
    times: list[NamedTime] | None = None
    """The days and times that the message names, for whoever writes them in another way."""
    people: list[NamedPerson] | None = None
    """Whom the message is about, where it does not name them."""


class DomainError(Exception):
    """Something that cannot be done, with what, why and what would work."""

    def __init__(self, slug: str, detail: str, errors: Sequence[FieldError] = (), /, *, field: str | None = None, **members: Any) -> None:
        """Name it by a stable slug.

        ``errors`` names every field that is wrong, ``field`` the only one; ``members`` are further JSON members of the answer,
        TypeError for one that every answer has.
        """
        if given := sorted(OF_EVERY_PROBLEM & members.keys()):
            message = f"{slug}: {', '.join(given)} is a member that every problem has; give this one another name"
            raise TypeError(message)
        detail = detail if len(detail) <= LONGEST_DETAIL else f"{detail[:LONGEST_DETAIL]} …"
        super().__init__(f"{slug}: {detail}")
        self.slug = slug
        self.detail = detail
        found = [*errors, *([FieldError(field=field, code=slug, message=detail)] if field else ())]
        self.errors = found[:LISTED_AT_MOST]
        self.members = members
        if omitted := len(found) - len(self.errors):
            self.members["errors_omitted"] = omitted


class NotFound(DomainError):
    """A key names nothing."""

    @classmethod
    def of(cls, what: str, key: object) -> Self:
        """Return the error that there is no such thing under this key."""
        return cls("not-found", f"There is no {what} {key}.")


class Conflict(DomainError):
    """The present state does not allow it."""


class Invalid(DomainError):
    """It is well formed, and a rule refuses it."""


class Malformed(DomainError):
    """It cannot be read."""


class Unsupported(DomainError):
    """It is of a kind that is not read."""


class Unacceptable(DomainError):
    """None of the forms in which it is wanted is made."""


class Stale(DomainError):
    """It was decided on an older version than the present one."""


class Unauthenticated(DomainError):
    """Nobody knows who makes the request."""


class Forbidden(DomainError):
    """Who makes the request is known, and may not do this."""


class Unavailable(DomainError):
    """Something that it needs is away or overloaded; the same may work later."""
