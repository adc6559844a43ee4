"""The log of a process is of use to operators and never in its way."""

import errno
import logging
import sys
from io import StringIO

import pytest
import structlog
from chassis.telemetry import logs
from toy import Settings


class FullDisk(StringIO):
    """A file to which nothing can be written."""

    attempts = 0

    def write(self, _: str) -> int:
        """Fail."""
        self.attempts += 1
        raise OSError(errno.ENOSPC, "No space left on device")


def test_a_log_on_a_full_disk_ends_nothing(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    logs.configure(settings)
    disk = FullDisk()
    monkeypatch.setattr(sys, "stdout", disk)
    structlog.get_logger().warning("a lamp is broken")
    assert disk.attempts > 0


@pytest.mark.parametrize("strange", ["\x1b[2J\x1b[31mRED", "\x00", "a\nb", "\x9b31m", "\u202eabc", "\ud800", "\u2028"])
@pytest.mark.parametrize("log_json", [False, True])
def test_no_value_of_a_line_moves_a_terminal(
    settings: Settings, capsys: pytest.CaptureFixture[str], strange: str, *, log_json: bool
) -> None:
    logs.configure(settings.model_copy(update={"log_json": log_json}))
    structlog.get_logger().warning("a lamp is broken", message_id=strange, reason=f"{strange} and more", many=[strange])
    structlog.get_logger().warning(strange)
    logging.getLogger("lamps").warning("a lamp says %s", strange)
    written = capsys.readouterr().out.removesuffix("\n").split("\n")
    assert len(written) == 3
    assert all(line.isprintable() for line in written)
    assert strange[-1] in written[0] or not strange[-1].isprintable(), "what can be read stays"
