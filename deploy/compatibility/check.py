"""Compares the HTTP interfaces and the messages of services, of all or of those named, with the last release: a part of their lint."""

import sys
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path

from servers.rights import EVERY_SERVICE

from compatibility import released


def broken(service: str, today: date, folder: Path = released.RELEASED) -> list[str]:
    """Name everything that a service's messages and its HTTP interface break of the last release; the interface is its ``openapi.json``."""
    messages = [each for each in released.broken(released.CONTRACTS, today, folder) if each.startswith(f"{service}.")]
    return messages + released.broken(service, today, folder)


def main(services: Sequence[str]) -> int:
    """Print what these services break; 1 when there is something."""
    found = [f"{service}: {each}" for service in services for each in broken(service, datetime.now(UTC).date())]
    for each in found:
        print(each)
    return bool(found)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:] or EVERY_SERVICE))
