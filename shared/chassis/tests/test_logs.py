"""The log of a process is of use to operators and never in its way."""

import errno
import sys
from io import StringIO

import pytest
import structlog
from chassis import logs
from toy import Settings


class FullDisk(StringIO):
    """A file to which nothing can be written."""

    def write(self, _: str) -> int:
        """Fail."""
        raise OSError(errno.ENOSPC, "No space left on device")


def test_a_log_on_a_full_disk_ends_nothing(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    logs.configure(settings)
    monkeypatch.setattr(sys, "stdout", FullDisk())
    structlog.get_logger().warning("a lamp is broken")
