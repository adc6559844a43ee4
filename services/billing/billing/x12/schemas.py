"""X12 files that people and other systems send: as a body of their own or as the part of a form."""

from collections.abc import Sequence
from email import message_from_bytes, policy
from typing import Any, Final, Protocol

from chassis.errors import DomainError, FieldError, Invalid

from billing.x12.interchange import SIGN_FOR_NUL

FILE: Final = "file"

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
    content = _part(body, form) if form else body
    if not content.strip():
        raise Invalid("empty-file", "There is nothing in the file. Send it as the payer or the clearing house made it.", field=FILE)
    try:
        text = content.decode()
    except UnicodeDecodeError:
        text = content.decode("latin-1")
    # PostgreSQL keeps no NUL: a file that has some, as one in UTF-16 does, is kept with a visible sign in their place, and is not read.
    return text.replace(NUL, SIGN_FOR_NUL)


def _part(body: bytes, content_type: str) -> bytes:
    """Return the content of the part that is the file; Invalid where there is none, or more than one."""
    head = b"Content-Type: " + content_type.encode("latin-1") + b"\r\n\r\n"
    form = message_from_bytes(head + body, policy=policy.HTTP)
    parts = list(form.iter_parts())
    found = [part for part in parts if part.get_param("name", header="content-disposition") == FILE]
    if not found:
        detail = f"The form has no part named {FILE!r} among its {len(parts)}. Name the part that holds the file {FILE!r}."
        raise Invalid("no-file", detail, field=FILE)
    if len(found) > 1:
        detail = f"The form has {len(found)} parts named {FILE!r}, and one file is read at a time. Send each in a request of its own."
        raise Invalid("several-files", detail, field=FILE)
    # A part that holds parts or a mail of its own has no content that could be a file.
    return bytes(found[0].get_payload(decode=True) or b"")


def unusable(slug: str, begin: str, reasons: Sequence[Reason], **facts: Any) -> DomainError:
    """Build the answer (422) to a file of which nothing is used, with every reason."""
    errors = [FieldError(field=each.place, code=each.code, message=each.message, fix=each.fix) for each in reasons]
    why = " ".join(each.message for each in reasons[:MOST_REPORTED])
    return Invalid(slug, f"{begin} {why}", errors, **facts)
