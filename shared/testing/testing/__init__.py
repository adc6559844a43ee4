"""Fixtures for tests of services: private servers, new databases and virtual hosts, services that run in the test's process."""

from testing.databases import MakeDatabase
from testing.running import RunService, Serve
from testing.vhosts import MakeVhost
from testing.waiting import until

__all__ = ["MakeDatabase", "MakeVhost", "RunService", "Serve", "until"]
