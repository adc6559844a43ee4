"""Passwords: hashed with Argon2id (RFC 9106), refused where they are short or among the commonest."""

import re
from functools import cache
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError
from zxcvbn.frequency_lists import FREQUENCY_LISTS

SHORTEST: Final = 12
LONGEST: Final = 200
FEWEST_CHARACTERS: Final = 5
"""Different characters that a password has at least."""
SHORTEST_PART: Final = 4
"""A name of fewer letters may be a part of a password."""
HASHER: Final = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
"""The memory and time that OWASP's Password Storage Cheat Sheet recommends at least."""
ENDS: Final = re.compile(r"^[\W\d_]+|[\W\d_]+$")


def hashed(password: str) -> str:
    """Return what is stored of a password."""
    return HASHER.hash(password)


def matches(stored: str | None, password: str) -> bool:
    """Whether this is the password; without a stored one it takes equally long to find that it is not."""
    try:
        is_right = HASHER.verify(stored or _nobodys(), password[: LONGEST + 1])
    except (Argon2Error, InvalidHashError):
        return False
    return is_right and stored is not None


def is_weakly_hashed(stored: str) -> bool:
    """Whether a stored password was hashed with other parameters than the present ones."""
    return HASHER.check_needs_rehash(stored)


def why_refused(password: str, names: list[str]) -> str | None:
    """Return why a password is not taken, for somebody with these names, or None where it is."""
    plain = password.casefold()
    if len(password) < SHORTEST:
        return f"Use at least {SHORTEST} characters. Several words together are easy to remember."
    if len(password) > LONGEST:
        return f"Use at most {LONGEST} characters."
    if "\0" in password:
        return "Use characters that can be typed."
    if len(set(plain)) < FEWEST_CHARACTERS:
        return f"Use at least {FEWEST_CHARACTERS} different characters."
    if plain in _commonest() or ENDS.sub("", plain) in _commonest():
        return "This is one of the passwords that are tried first. Use several words that have nothing to do with each other."
    if any(len(part) >= SHORTEST_PART and part in plain for name in names for part in re.split(r"[\W_]+", name.casefold())):
        return "Use nothing of your name or your e-mail address."
    return None


@cache
def _nobodys() -> str:
    return hashed("the password of nobody")


@cache
def _commonest() -> frozenset[str]:
    return frozenset(FREQUENCY_LISTS["passwords"])
