"""The edge that lets administrators in: every request has an access token of this provider whose sign-in goes on."""

from datetime import UTC, datetime
from http import HTTPStatus
from typing import Annotated, Final
from uuid import UUID

from chassis.http.conventions import Reading, UnitOfWork
from chassis.http.problems import Problem
from fastapi import Depends, Request, Response

from identity.access import rules
from identity.access.rules import Caller
from identity.events.use_cases import Origin, Recorded, record_refusal
from identity.keys import queries as keys_queries
from identity.pages.api import From, Provider, Work
from identity.provider.ids import SignInId
from identity.sessions import queries as sessions_queries

BEARER: Final = "bearer"
NO_TOKEN: Final = "Send an access token of this provider: Authorization: Bearer …"  # noqa: S105
BAD_TOKEN: Final = "The access token is not valid here, has expired, or its sign-in has ended. Get a new one."  # noqa: S105
NOT_ALLOWED: Final = "Your roles do not include this. An administrator may do it, or give you the role."
REFUSALS: Final = (401, 403)


def unauthorized(detail: str, error: str = "") -> Problem:
    """Return the refusal of a request without a good token (RFC 6750, section 3)."""
    problem = Problem(HTTPStatus.UNAUTHORIZED, "unauthorized", detail)
    problem.headers = {"WWW-Authenticate": f'Bearer error="{error}"' if error else "Bearer"}
    return problem


def bearer_of(request: Request) -> str | None:
    """Return the token of the header Authorization, if it has one."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == BEARER and token.strip() else None


async def _caller(request: Request, response: Response, db: Reading, issuer: Provider) -> Caller:
    response.headers["Cache-Control"] = "no-store"
    if (token := bearer_of(request)) is None:
        raise unauthorized(NO_TOKEN)
    now = datetime.now(UTC)
    claims = await keys_queries.access_token_claims(db, issuer, token, now)
    if claims is None:
        raise unauthorized(BAD_TOKEN, "invalid_token")
    if "sid" in claims and await sessions_queries.find_by_id(db, SignInId(UUID(claims["sid"])), now) is None:
        raise unauthorized(BAD_TOKEN, "invalid_token")
    return rules.caller_of(claims)


async def _acting(caller: Annotated[Caller, Depends(_caller)], origin: From) -> Origin:
    return Origin(address=origin.address, user_agent=origin.user_agent, actor=caller.subject)


Acting = Annotated[Origin, Depends(_acting)]
"""Who administers, and from where."""


class Refusals:
    """Refuses a request of administration, and writes that it was refused."""

    def __init__(self, request: Request, work: UnitOfWork, acting: Origin) -> None:
        """Refuse this request."""
        self._request = request
        self._work = work
        self._acting = acting

    async def forbidden(self) -> Problem:
        """Return the refusal of what the caller's roles do not include."""
        method, path = self._request.method, self._request.url.path
        await self._work(lambda tx: record_refusal(tx, self._acting, method, path), Recorded)
        return Problem(HTTPStatus.FORBIDDEN, "not-allowed", NOT_ALLOWED)


async def _refusals(request: Request, work: Work, acting: Acting) -> Refusals:
    return Refusals(request, work, acting)


Refusing = Annotated[Refusals, Depends(_refusals)]


async def _manager(caller: Annotated[Caller, Depends(_caller)], refusing: Refusing) -> Caller:
    if not caller.manages:
        raise await refusing.forbidden()
    return caller


async def _administrator(caller: Annotated[Caller, Depends(_caller)], refusing: Refusing) -> Caller:
    if not caller.is_admin:
        raise await refusing.forbidden()
    return caller


Manager = Annotated[Caller, Depends(_manager)]
"""An administrator or the manager of a site."""
Administrator = Annotated[Caller, Depends(_administrator)]
