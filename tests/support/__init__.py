"""What every test may lean on: private servers, fresh databases and brokers, services that run in this process."""

from support.databases import MakeDatabase
from support.running import Network, RunService, Serve
from support.vhosts import MakeVhost
from support.waiting import until

__all__ = ["MakeDatabase", "MakeVhost", "Network", "RunService", "Serve", "until"]
