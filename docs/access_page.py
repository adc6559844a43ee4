"""Writes docs/access.md: who may do what, by the tables of the services.

python docs/access_page.py           writes it
python docs/access_page.py --check   fails when it is not up to date
"""

import sys
from importlib import import_module
from pathlib import Path
from typing import Final

from chassis.access.table import OF_EVERY_SERVICE, OPEN, Table
from servers.rights import SERVICES

PAGE: Final = Path(__file__).parent / "access.md"
INTRODUCTION: Final = """\
# Who may do what

Written by `make docs` from the table in `access.py` of each service; change those, not this page.

A service that is told an issuer (`HOLDFAST_ISSUER`, see [operations](operations.md#who-may-do-what)) answers nobody without an
access token of it, and refuses what the roles of a person, or the scopes of a machine client, do not have. A route without a row in
its service's table is not served. What everybody may read is whether a service is there (`/healthz`, `/readyz`, `/metrics`) and
how it describes itself (`/docs`, `/openapi.json`).

A person's token may carry scopes as well; those narrow what the roles have and grant nothing.
"""


def page() -> str:
    """Return the page."""
    return INTRODUCTION + "".join(_of(service, import_module(f"{service}.access").TABLE) for service in SERVICES)


def _of(service: str, table: Table) -> str:
    roles, routes = list(table.roles), {**OF_EVERY_SERVICE, **table.routes}
    actions = [action for action in dict.fromkeys(routes.values()) if action is not OPEN]
    lines = [f"\n## {service.capitalize()}\n", f"| action | {' | '.join(roles)} | routes |", "|---" * (len(roles) + 2) + "|"]
    for action in sorted(map(str, actions)):
        marks = " | ".join("yes" if action in table.roles[role] else "" for role in roles)
        lines.append(f"| {action} | {marks} | {', '.join(f'`{name}`' for name, its in routes.items() if its == action)} |")
    lines += ["", "| scope of a machine client | actions |", "|---|---|"]
    lines += [f"| `{scope}` | {', '.join(sorted(its))} |" for scope, its in table.scopes.items()]
    return "\n".join(lines) + "\n"


def main(arguments: list[str]) -> str | None:
    """Write the page, or return what is wrong with the one that is there."""
    if "--check" not in arguments:
        PAGE.write_text(page())
        return None
    return None if PAGE.read_text() == page() else "docs/access.md is not up to date: run make docs"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
