"""The release before: its processes run beside the new schema until each of them is replaced, and again after a rollback."""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
FILE: Final = ROOT / "deploy" / "previous-release.toml"


@dataclass(frozen=True, slots=True)
class Release:
    """A release: its commit, and by service the last revision of its schema."""

    commit: str
    heads: dict[str, str]


def previous_release() -> Release:
    """Read ``deploy/previous-release.toml``."""
    return Release(**tomllib.loads(FILE.read_text()))
