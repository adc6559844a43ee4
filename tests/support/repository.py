"""The repository as a reader finds it: what is in it, and what of it is meant to be read."""

import json
import subprocess
from functools import cache
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).parents[2]
WRITTEN: Final = (
    "README.md",
    "docs/*.md",
    "docs/*/*.md",
    "services/*/README.md",
    "services/*/docs/*.md",
    "shared/*/README.md",
    "web/README.md",
    "deploy/**/*.md",
)


@cache
def tracked() -> tuple[Path, ...]:
    """Return every file of the repository, relative to its root."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],  # noqa: S607 (whatever git is on the path)
        cwd=ROOT,
        capture_output=True,
        check=True,
        text=True,
    )
    return tuple(Path(name) for name in listed.stdout.split("\0") if name)


@cache
def description(service: str) -> dict[str, Any]:
    """Return the OpenAPI description that a service publishes; its own tests hold it equal to the code's, and no test changes it."""
    return json.loads((ROOT / "services" / service / "openapi.json").read_text())


def documents() -> list[Path]:
    """Return the documents that people read."""
    return sorted({path for pattern in WRITTEN for path in ROOT.glob(pattern)})


def texts() -> list[tuple[Path, str]]:
    """Return every file that is text, with its content."""
    files = (path for path in tracked() if (ROOT / path).is_file())
    contents = ((path, (ROOT / path).read_bytes()) for path in files)
    return [(path, content.decode(errors="replace")) for path, content in contents if b"\0" not in content]
