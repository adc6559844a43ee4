"""Billing's own settings."""

from enum import StrEnum
from typing import Literal
from zoneinfo import ZoneInfo

from chassis import settings
from pydantic import DirectoryPath, Field


class PaperSize(StrEnum):
    """The paper size of documents."""

    US_LETTER = "us-letter"
    A4 = "a4"


class Settings(settings.Settings):
    """What billing reads from its environment."""

    service: str = Field("billing", pattern="^billing$")
    network_time_zone: ZoneInfo = ZoneInfo("America/New_York")
    """Where the network's day begins: a preview that names no date is for today there, and bills are dated there."""
    paper_size: PaperSize = PaperSize.US_LETTER
    """What superbills, statements and estimates are printed on."""
    paper_fonts: DirectoryPath | None = None
    """A folder of more fonts, for names in scripts that the built-in ones lack."""
    claim_usage: Literal["T", "P"] = "T"
    """What files of claims are (ISA15): T for tests, which no payer pays, P for production."""
