"""X12 files in requests: as a body of their own or as the part of a form; what the routes of other capabilities take."""

from typing import Any, Final

from chassis.errors import Unsupported
from chassis.files.forms import FILE, FORM
from chassis.files.threads import in_thread
from fastapi import Request

from billing.x12.schemas import text_of

EDI: Final = "application/edi-x12"

TEXT: Final = "text/plain"


def described(example: str) -> dict[str, Any]:
    """Describe such a file for OpenAPI."""
    text = {"schema": {"type": "string"}, "example": example}
    parts = {"type": "object", "required": [FILE], "properties": {FILE: {"type": "string", "format": "binary"}}}
    form = {"schema": parts, "example": {FILE: example}}
    return {"requestBody": {"required": True, "content": {EDI: text, TEXT: text, FORM: form}}}


async def read_text(request: Request) -> str:
    """Return the file's text, whose size the service has limited; a form is split and the text decoded beside the event loop.

    Unsupported where it is no such file.
    """
    sent = request.headers.get("content-type", TEXT)
    kind = sent.partition(";")[0].strip().lower()
    if kind not in {FORM, EDI, TEXT}:
        detail = f"The file comes as {EDI} or {TEXT}, or as the part {FILE!r} of {FORM}; not as {kind[:100]}."
        raise Unsupported("unsupported-media-type", detail)
    body = await request.body()
    return await in_thread(text_of, body, sent if kind == FORM else None)
