"""Forms as browsers send them, and the code that shows that one was sent by our own page."""

import hmac
from collections.abc import Iterable, Mapping
from typing import Final
from urllib.parse import parse_qsl

from chassis.errors import Malformed

from identity.provider.encryption import EncryptionKeys

MOST_FIELDS: Final = 40
PURPOSE: Final = "form"


def read(body: bytes | str) -> dict[str, str]:
    """Return the fields of a form or of a query; Malformed where it cannot be read or a field stands twice in it (RFC 6749, 3.1)."""
    try:
        text = body.decode("ascii") if isinstance(body, bytes) else body
        pairs = parse_qsl(text, keep_blank_values=True, max_num_fields=MOST_FIELDS, errors="strict")
    except ValueError as error:
        raise Malformed("unreadable-form", "The form cannot be read.") from error
    fields = dict(pairs)
    if len(fields) < len(pairs):
        raise Malformed("repeated-parameter", "A parameter stands in the request more than once.")
    if any("\0" in value for value in fields.values()):
        raise Malformed("unreadable-form", "A parameter has a NUL character.")
    return fields


def code_for(encryption: EncryptionKeys, cookie: str) -> str:
    """Return the code that a form carries for a browser with this cookie."""
    return encryption.mac(PURPOSE, cookie)


def is_ours(encryption: EncryptionKeys, cookie: str | None, fields: Mapping[str, str]) -> bool:
    """Whether a form carries the code of the browser that sends it."""
    return bool(cookie) and hmac.compare_digest(code_for(encryption, cookie or ""), fields.get("form_code", ""))


def is_from_here(origin: str, headers: Mapping[str, str], others: Iterable[str] = ()) -> bool:
    """Whether a browser states that a page of this origin, or of one of the others, sends a request; older ones state nothing."""
    stated, site, known = headers.get("origin"), headers.get("sec-fetch-site"), set(others)
    is_near = site in {None, "same-origin", "none"} or (site == "same-site" and stated in known)
    return is_near and (stated is None or stated in {origin, *known})
