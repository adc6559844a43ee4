"""How the demonstration looks on a terminal of a hundred columns; colours only where there is one."""

import os
import sys
import time
from typing import Final

from demo.front import Json

BOLD, GREEN, YELLOW, RED, DIM = "1", "32", "33", "31", "2"
COLOURS: Final = {"catalog": "36", "rooms": "32", "scheduling": "35", "billing": "33"}

MEANINGS: Final = {
    "scheduling.session_requested": "both people's time is taken, a room is requested",
    "scheduling.session_offered": "no room at that time; alternatives wait for a choice",
    "scheduling.session_booked": "the session has its room",
    "scheduling.session_completed": "with the price that was promised",
    "billing.record_created": "the bill, once and only once",
    "billing.payment_status_changed": "computed from the ledger",
}


class Page:
    """Where the demonstration is printed."""

    def __init__(self) -> None:
        """Begin to count the time."""
        self._requested_at = time.monotonic()
        self._coloured = sys.stdout.isatty() and not os.environ.get("NO_COLOR")

    def chapter(self, title: str) -> None:
        """Begin a chapter."""
        self._write(f"\n{self._paint(title, BOLD)}")

    def line(self, text: str) -> None:
        """Print a line."""
        self._write(f"  {text}")

    def sends(self, request: str, meaning: str) -> None:
        """Show a request, and count the time from it."""
        self._write(f"  {self._paint('→', YELLOW)} {_short(request):<52} {meaning}")
        self._requested_at = time.monotonic()

    def answers(self, text: str) -> None:
        """Show what came back."""
        self._write(f"  {self._paint('←', GREEN)} {text}")

    def received(self, type_: str, source: str, data: Json, at: float) -> None:
        """Show a message as it flows."""
        name = type_.removesuffix(".v1")
        meaning = self._answered(data) if name == "rooms.holds_answered" else MEANINGS.get(name, "")
        if name == "billing.payment_status_changed":
            meaning = f"{data['payment_status']}, {meaning}"
        elapsed, event = f"{(at - self._requested_at) * 1000:6.0f} ms", name.partition(".")[2]
        who = self._paint(f"{source:<10}", COLOURS.get(source, BOLD))
        self._write(f"  {self._paint(elapsed, DIM)}  {who} {event:<22} {meaning}")

    def remembered(self, step: Json) -> None:
        """Show a step of the session's timeline."""
        at = step["at"][11:23]
        elapsed = f"{step['elapsed_ms']:8.1f} ms"
        self._write(f"  {self._paint(at, DIM)} {self._paint(elapsed, DIM)}  {step['event']:<22} {step['detail']}")

    def fails(self, text: str) -> None:
        """Write to the error output that it did not work."""
        print(f"\n{text}", file=sys.stderr)

    @staticmethod
    def _answered(data: Json) -> str:
        stated = [
            f"{answer['outcome']}{' room ' + answer['room_number'] if answer.get('room_number') else ''}" for answer in data["answers"]
        ]
        reasons = [answer["reason"] for answer in data["answers"] if answer.get("reason")]
        return ", ".join(stated) + (f" ({', '.join(reasons)})" if reasons else "")

    def _paint(self, text: str, colour: str) -> str:
        return f"\x1b[{colour}m{text}\x1b[0m" if self._coloured else text

    @staticmethod
    def _write(text: str) -> None:
        print(text, flush=True)


def _short(request: str) -> str:
    """Shorten the ids in a path to their last characters."""
    parts = request.split("/")
    return "/".join(f"…{part[-4:]}" if len(part) == 36 else part for part in parts)  # noqa: PLR2004 (a UUID)
