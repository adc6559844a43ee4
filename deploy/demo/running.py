"""Where the platform is: stated on the command line, or left behind by `make up`."""

import json
from pathlib import Path
from typing import Final

RUN: Final = Path(__file__).parents[2] / ".local" / "run.json"
BOTH: Final = 2
NOTHING: Final = "nothing runs here; start it with make up in another terminal"


class NothingRunsError(Exception):
    """The address of the platform was not given."""


def where(arguments: list[str]) -> tuple[str, str]:
    """Return the addresses of the front and of the broker."""
    if len(arguments) == BOTH:
        front, broker = arguments
        return front.rstrip("/"), broker
    if arguments:
        message = "give both addresses or none: python -m demo.walkthrough http://127.0.0.1:8080 amqp://user:password@127.0.0.1:5672/"
        raise NothingRunsError(message)
    run = json.loads(RUN.read_text()) if RUN.exists() else {}
    if not run.get("ready"):
        message = "make up is not ready: wait until it prints its addresses, or start it in another terminal" if run else NOTHING
        raise NothingRunsError(message)
    return run["front"], run["rabbitmq"]
