"""The file in a form that people send; pure, to be read beside the event loop."""

from email import message_from_bytes, policy
from typing import Final

from chassis.errors import Invalid

FORM: Final = "multipart/form-data"
FILE: Final = "file"
"""The part of a form that is the file."""


def file_of(body: bytes, content_type: str) -> bytes:
    """Return the content of the part that is the file; Invalid where there is none, or more than one."""
    form = message_from_bytes(b"Content-Type: " + content_type.encode("latin-1") + b"\r\n\r\n" + body, policy=policy.HTTP)
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
