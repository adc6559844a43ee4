"""Superbills, receipts, statements and good-faith estimates."""

from pathlib import Path

from chassis.runtime.capability import Capability

from billing.documents import api
from billing.documents.use_cases import PdfRenderer
from billing.settings import PaperSize


def capability(size: PaperSize, fonts: Path | None) -> Capability:
    """Return what documents bring, printed on this paper size with more fonts from a folder."""
    return Capability(routers=[api.router], state={"renderer": PdfRenderer(size, fonts)})
