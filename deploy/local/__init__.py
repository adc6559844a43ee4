"""Holdfast on one machine: private servers, the services and the front, without Docker and without a trace.

These modules run before there is an environment with packages in it, so that the package of the servers is used from its folder.
"""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parents[2] / "shared" / "servers"))
