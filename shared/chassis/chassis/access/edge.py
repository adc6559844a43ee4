"""The gate of a service's HTTP: who makes a request is known before it is read, and what they may not do is refused."""

from typing import TYPE_CHECKING, Final

from fastapi import Request

from chassis.access.callers import Caller
from chassis.access.keys import Keys
from chassis.access.table import OPEN, Table
from chassis.access.tokens import Tokens
from chassis.errors import DomainError, Unauthenticated
from chassis.http.problems import NOT_SIGNED_IN, response

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

    from chassis.settings import Settings

WITHOUT_TOKEN: Final = frozenset({"/healthz", "/readyz", "/metrics", "/", "/docs", "/openapi.json"})
"""What is answered to everybody: whether the service is there, and what it describes itself as."""
ASSETS: Final = "/docs/assets/"
BEARER: Final = b"bearer "


class Gate:
    """Wraps an app: a request without a good token goes no further."""

    def __init__(self, app: "ASGIApp", tokens: Tokens) -> None:
        """Wrap."""
        self._app = app
        self._tokens = tokens

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        """Serve one request."""
        if scope["type"] == "http" and scope["path"] not in WITHOUT_TOKEN and not scope["path"].startswith(ASSETS):
            try:
                scope["caller"] = await self._tokens.caller(_token(scope))
            except DomainError as error:
                await response(error)(scope, receive, send)
                return
        await self._app(scope, receive, send)


def gate(settings: "Settings") -> Tokens | None:
    """Return what checks tokens; None where no issuer is set, and everybody may do everything."""
    return Tokens(settings, Keys(settings.issuer, settings.issuer_keys_url)) if settings.issuer else None


def caller_of(request: Request) -> Caller | None:
    """Return who makes a request; None where no issuer is set."""
    return request.scope.get("caller")


async def admit(request: Request) -> None:
    """Refuse what the caller may not do, by the service's table."""
    caller = caller_of(request)
    table: Table = request.app.state.access
    if caller is None:
        return
    operation_id: str | None = request.scope["route"].operation_id
    action = OPEN if operation_id is None else table.action(operation_id)
    if action is not OPEN:
        table.check(caller, str(action))


def _token(scope: "Scope") -> str:
    sent = [value for name, value in scope["headers"] if name == b"authorization"]
    if not sent:
        detail = "This needs an access token, sent as Authorization: Bearer. Sign in, or request a token from the issuer."
        raise Unauthenticated(NOT_SIGNED_IN, detail)
    if len(sent) > 1 or not sent[0].lower().startswith(BEARER):
        raise Unauthenticated("invalid-token", "Send one access token, as Authorization: Bearer, and no other credentials.")
    return sent[0][len(BEARER) :].strip().decode("latin-1")
