"""The users of the broker have the same rights on one machine and in containers."""

import json
import os
import subprocess
from pathlib import Path

from local.environment import ROOT
from servers.rights import EVERY_SERVICE, rights

LIMIT_SECONDS = 60.0


def test_the_containers_give_each_service_the_same_rights_at_the_broker(tmp_path: Path) -> None:
    start = (ROOT / "deploy" / "rabbitmq" / "start.sh").read_text().replace("/tmp/", f"{tmp_path}/")  # noqa: S108 (the container's)
    (tmp_path / "start.sh").write_text(start.replace("exec docker-entrypoint.sh rabbitmq-server", ""))
    passwords = {f"HOLDFAST_{name.upper()}_PASSWORD": "secret" for name in EVERY_SERVICE}
    subprocess.run(["bash", str(tmp_path / "start.sh")], env=os.environ | passwords, check=True, timeout=LIMIT_SECONDS)
    defined = json.loads((tmp_path / "definitions.json").read_text())["permissions"]
    given = {each["user"]: {right: each[right] for right in ("configure", "write", "read")} for each in defined}
    assert given == {name: rights(name) for name in EVERY_SERVICE}
