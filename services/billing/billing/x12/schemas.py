"""X12 files that people and other systems send: as a body of their own or as the part of a form."""

from collections.abc import Sequence
from typing import Any, Final, Protocol

from chassis.errors import DomainError, FieldError, Invalid
from chassis.files.forms import FILE, file_of

from billing.x12.interchange import SIGN_FOR_NUL

NUL: Final = "\x00"

MOST_REPORTED: Final = 5
"""As many reasons are given in one sentence after the other; the rest is in the list of errors."""


class Reason(Protocol):
    """Why a file, or a part of it, is not used."""

    @property
    def code(self) -> str:
        """What programs compare."""
        ...

    @property
    def place(self) -> str:
        """Where in the file it is."""
        ...

    @property
    def message(self) -> str:
        """What is wrong."""
        ...

    @property
    def fix(self) -> str:
        """What would help."""
        ...


def text_of(body: bytes, form: str | None = None) -> str:
    """Return the text of a body or, with the content type of a form, of its file; Invalid where it is no text."""
    content = file_of(body, form) if form else body
    if not content.strip():
        raise Invalid("empty-file", "There is nothing in the file. Send it as the payer or the clearing house made it.", field=FILE)
    try:
        text = content.decode()
    except UnicodeDecodeError:
        text = content.decode("latin-1")
    # PostgreSQL keeps no NUL: a file that has some, as one in UTF-16 does, is kept with a visible sign in their place, and is not read.
    return text.replace(NUL, SIGN_FOR_NUL)


def unusable(slug: str, begin: str, reasons: Sequence[Reason], **facts: Any) -> DomainError:
    """Build the answer (422) to a file of which nothing is used, with every reason."""
    errors = [FieldError(field=each.place, code=each.code, message=each.message, fix=each.fix) for each in reasons]
    why = " ".join(each.message for each in reasons[:MOST_REPORTED])
    return Invalid(slug, f"{begin} {why}", errors, **facts)
