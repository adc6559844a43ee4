"""The identity service, put together; as a program it makes a one-time link for whoever operates the service."""

import argparse
import asyncio
import sys

from chassis.data.database import Database
from chassis.errors import DomainError
from chassis.runtime.service import Service
from fastapi import FastAPI

from identity import accounts, administration, authorization, clients, factors, keys, pages, profile, sign_in
from identity.accounts.use_cases import make_first_link
from identity.events.use_cases import Origin
from identity.pages.api import PageProblem, show_problem
from identity.settings import Settings

DESCRIPTION = "Accounts and their roles, machine clients, signing keys; and the OpenID provider, which describes itself by discovery."
OPERATOR = Origin(actor="operator")


def composed(settings: Settings) -> Service:
    """Assemble the service with these settings."""
    issuer = settings.provider()
    return Service(
        settings,
        title="identity",
        description=DESCRIPTION,
        database=Database(settings),
        capabilities=[
            authorization.capability,
            profile.capability,
            sign_in.capability,
            factors.capability(issuer),
            administration.capability,
            accounts.capability,
            clients.capability(settings.web_redirect_uris.split(), settings.web_logout_uris.split()),
            pages.capability,
            keys.capability(issuer),
        ],
    )


def build(settings: Settings) -> FastAPI:
    """Assemble the app of the service with these settings."""
    app = composed(settings).app()
    app.add_exception_handler(PageProblem, show_problem)
    return app


def app() -> FastAPI:
    """Assemble the service with the settings of the environment."""
    return build(Settings.from_environment())


async def link(settings: Settings, user_name: str | None) -> str:
    """Make a one-time link: for the first administrator, or for the account with this name."""
    database = Database(settings)
    try:
        async with database.transaction() as tx:
            return (await make_first_link(tx, settings.provider(), user_name, OPERATOR)).url
    finally:
        await database.close()


def main() -> int:
    """Print a one-time link; 3 where there are accounts already and none is named, or the named one is not there."""
    parser = argparse.ArgumentParser(prog="python -m identity.main", description=main.__doc__)
    parser.add_argument("user_name", nargs="?", help="whose password is set anew; the first administrator's when absent")
    try:
        print(asyncio.run(link(Settings.from_environment(), parser.parse_args().user_name)))  # noqa: T201 (what it is for)
    except DomainError as error:
        print(error.detail, file=sys.stderr)  # noqa: T201
        return 3
    return 0


if __name__ == "__main__":
    sys.exit(main())
