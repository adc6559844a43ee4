"""What an error of the database means: it is away, it refuses, two transactions collided, a value cannot be stored."""

from typing import Final

import asyncpg
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoFreeConnectionError

GONE: Final = (OSError, TimeoutError, NoFreeConnectionError, asyncpg.CannotConnectNowError, asyncpg.InternalClientError)
UNSTORABLE: Final = {"22003", "22008", "22021", "22P05"}
BROKEN_REFERENCE: Final = "23503"
"""SQLSTATE of a row that refers to another that is not there, or that others refer to and is removed."""
COLLISIONS: Final = {"40P01", "40001", "55P03", "23P01", BROKEN_REFERENCE, "57014"}
"""SQLSTATEs of two transactions that stepped on each other: deadlock, serialization, lock wait, exclusion violation, a row that
went while another began to refer to it; and of a statement that took too long, which is no fault of the work."""
WAITED: Final = {"55P03", "57014"}
"""SQLSTATEs of a lock that was not free in time and of a statement that took too long."""
TAKEN: Final = "23505"
"""SQLSTATE of a row that somebody else made first."""
AWAY: Final = ("08", "28", "3D", "53", "57P")
"""SQLSTATE classes of a server that takes no work: connections, logins, an unknown database, resources, an operator's intervention."""


def lost(error: BaseException) -> bool:
    """Whether the database went away, so that the same work may be tried again as it was."""
    if isinstance(error, DBAPIError) and (error.connection_invalidated or isinstance(getattr(error.orig, "__cause__", None), GONE)):
        return True  # also a connection that broke while a statement began, which SQLAlchemy does not count among them
    return _state(error).startswith(AWAY) or isinstance(error, GONE)


def used_up(error: BaseException) -> bool:
    """Whether the process has no connection left, or the server no disk (53100) or connection (53300), which no work is to blame for."""
    return exhausted(error) or _state(error) in {"53100", "53300"}


def misfit(error: BaseException) -> bool:
    """Whether tables, columns or rights were not what the code needs; a revision, or whoever made it, may be under way."""
    return _state(error).startswith("42")


def exhausted(error: BaseException) -> bool:
    """Whether every connection of this process was in use for so long that the work was given up; the database may be well."""
    return isinstance(error, NoFreeConnectionError)


def collided(error: BaseException) -> bool:
    """Whether two transactions stepped on each other, so that the same work may be tried again at once."""
    return _state(error) in COLLISIONS


def timed_out(error: BaseException) -> bool:
    """Whether it failed because it waited for too long; tried again at once, it would most likely wait for as long again."""
    return _state(error) in WAITED


def taken(error: BaseException) -> bool:
    """Whether another transaction made the same row first, so that the same work finds it when it is tried again."""
    return _state(error) == TAKEN


def breaks_reference(error: BaseException) -> bool:
    """Whether a row refers to one that is not there. It may have gone at that moment; where it is missing each time, it stays missing."""
    return _state(error) == BROKEN_REFERENCE


def unstorable(error: BaseException) -> bool:
    """Whether PostgreSQL or its driver cannot even hold a value: a NUL character, a number beyond its type."""
    unwritten = getattr(getattr(error, "orig", None), "__cause__", None)
    return _state(error) in UNSTORABLE or (
        isinstance(unwritten, asyncpg.DataError) and isinstance(unwritten.__cause__, OverflowError | UnicodeError)
    )


def _state(error: BaseException) -> str:
    """Return the SQLSTATE of an error; an empty one where it has none. The driver's errors while it connects come as they are."""
    return getattr(error.orig if isinstance(error, DBAPIError) else error, "sqlstate", None) or ""
