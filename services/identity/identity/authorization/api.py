"""The HTTP edge of OpenID Connect; what it refuses is written as OAuth 2.0 has it, not as problem documents."""

from collections.abc import Mapping
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Annotated, Final
from uuid import UUID

from chassis.data.database import Transaction
from chassis.errors import Malformed
from chassis.http.conventions import Reading, UnitOfWork
from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse, Response

from identity.access.api import BAD_TOKEN, NO_TOKEN, bearer_of, unauthorized
from identity.accounts import queries as accounts_queries
from identity.accounts.schemas import AccountView
from identity.attempts import queries as attempts_queries
from identity.attempts import use_cases as attempts_use_cases
from identity.attempts.limits import Scope
from identity.authorization import claims, queries, requests, use_cases
from identity.authorization.requests import AuthorizationRequest, RefusedError
from identity.authorization.schemas import CodeAnswer, Done, TokenAnswer
from identity.clients import queries as clients_queries
from identity.clients import redirects
from identity.clients.schemas import ClientView
from identity.events.use_cases import Origin
from identity.keys import queries as keys_queries
from identity.pages import forms
from identity.pages.api import (
    REFRESH_COOKIE,
    SESSION_COOKIE,
    From,
    PageCode,
    Provider,
    Work,
    check_ours,
    redirect,
    remove_cookie,
    set_cookie,
)
from identity.provider.ids import SignInId
from identity.provider.issuer import Issuer
from identity.sessions import queries as sessions_queries
from identity.sessions import use_cases as sessions_use_cases
from identity.sessions.schemas import SignInView
from identity.sign_in import pages

NO_STORE: Final = {"Cache-Control": "no-store", "Pragma": "no-cache", "X-Content-Type-Options": "nosniff"}
CACHE: Final = {"Cache-Control": "public, max-age=300"}
TOO_MANY: Final = "temporarily_unavailable"
STATUS: Final = {"invalid_client": HTTPStatus.UNAUTHORIZED, TOO_MANY: HTTPStatus.TOO_MANY_REQUESTS}
"""Of errors that have another status than 400."""
BASIC: Final = {"WWW-Authenticate": 'Basic realm="holdfast"'}
NO_OPENID: Final = "The access token was not requested with the scope openid."
FORM: Final = "application/x-www-form-urlencoded"

router = APIRouter(include_in_schema=False)


@router.get("/.well-known/openid-configuration")
@router.get("/.well-known/oauth-authorization-server")
async def discovery(issuer: Provider) -> JSONResponse:
    """Describe the provider."""
    return JSONResponse(claims.discovery(issuer, requests.PEOPLES_SCOPES), headers=CACHE)


# ---- codes


@router.get("/authorize")
@router.post("/authorize")
async def authorize(request: Request, db: Reading, issuer: Provider, work: Work, page: PageCode) -> Response:
    """Give a client a code in the name of whoever is signed in, or ask for a sign-in first."""
    try:
        fields = forms.read(request.url.query if request.method == "GET" else await request.body())
        client = await clients_queries.find(db, fields.get("client_id", ""))
    except Malformed as error:
        return page.html(pages.refusal(issuer.path, "This request cannot be read", error.detail), HTTPStatus.BAD_REQUEST)
    redirect_uri = fields.get("redirect_uri", "")
    if client is None or redirect_uri not in client.redirect_uris:
        refused = "The application is not known here, or states an address that is not its own. You were led nowhere."
        return page.html(pages.refusal(issuer.path, "This application cannot sign you in", refused), HTTPStatus.BAD_REQUEST)
    try:
        wanted = requests.read(fields, redirect_uri)
    except RefusedError as refused:
        return _answered(issuer, redirect_uri, fields, error=refused.error, error_description=refused.description)
    now = datetime.now(UTC)
    sign_in = await sessions_queries.find(db, request.cookies.get(SESSION_COOKIE), now)
    account = await accounts_queries.find(db, sign_in.account_id) if sign_in else None
    if sign_in is None or account is None or not wanted.is_satisfied_by(sign_in.began_at, now):
        if "none" in wanted.prompt:
            return _answered(issuer, redirect_uri, fields, error="login_required", error_description="Nobody is signed in.")
        return redirect(f"{issuer.url}/sign-in?{requests.urlencode({'request': requests.without_prompt(fields)})}")
    return await _code(work, wanted, account, sign_in, issuer, fields)


async def _code(
    work: UnitOfWork, wanted: AuthorizationRequest, account: AccountView, sign_in: SignInView, issuer: Issuer, fields: Mapping[str, str]
) -> Response:
    made = await work(lambda tx: use_cases.make_code(tx, wanted, account, sign_in), CodeAnswer)
    return _answered(issuer, wanted.redirect_uri, fields, code=made.code)


def _answered(issuer: Issuer, redirect_uri: str, fields: Mapping[str, str], **answer: str) -> Response:
    return redirect(requests.answer(redirect_uri, issuer.url, fields.get("state"), **answer))


# ---- tokens


class _Sent:
    """A request of a client: its form, and who proved to send it."""

    def __init__(self, fields: dict[str, str], client: ClientView, *, has_secret: bool) -> None:
        self.fields = fields
        self.client = client
        self.has_secret = has_secret


async def _client(request: Request, db: Reading, work: Work, origin: From) -> _Sent:
    """Return the form of a client that has proved who it is: by its secret, or a public one by its id; RefusedError for others."""
    if not request.headers.get("content-type", "").lower().startswith(FORM):
        raise RefusedError("invalid_request", f"Send a form: Content-Type: {FORM}.")
    try:
        fields = forms.read(await request.body())
    except Malformed as error:
        raise RefusedError("invalid_request", error.detail) from error
    credentials = requests.basic_credentials(request.headers.get("authorization", ""))
    if credentials is None:
        client = await clients_queries.find(db, fields.get("client_id", ""))
        if client is None or not client.is_public or "client_secret" in fields:
            raise RefusedError("invalid_client", "Prove the client by its secret, as HTTP Basic.")
        return _Sent(fields, client, has_secret=False)
    client_id, secret = credentials
    keys: attempts_use_cases.Keys = [(Scope.ADDRESS, f"client {origin.address}")]
    if await attempts_queries.is_locked(db, keys, datetime.now(UTC)):
        raise RefusedError(TOO_MANY, "There were too many failures from this address. Wait a quarter of an hour.")
    client = await clients_queries.proven(db, client_id, secret)
    if client is None or fields.get("client_id", client_id) != client_id:
        await work(lambda tx: _refuse_client(tx, keys, client_id, origin), Done)
        raise RefusedError("invalid_client", "The client or its secret is not right.")
    return _Sent(fields, client, has_secret=True)


async def _refuse_client(tx: Transaction, keys: attempts_use_cases.Keys, client_id: str, origin: Origin) -> Done:
    await attempts_use_cases.fail(tx, keys)
    return await use_cases.refuse_client(tx, client_id, origin)


@router.post("/token")
async def token(request: Request, db: Reading, issuer: Provider, work: Work, origin: From) -> Response:
    """Give tokens for a code, for a refresh token, or to a machine for itself."""
    try:
        sent = await _client(request, db, work, origin)
        answer = await _granted(sent, request, issuer, work, origin)
    except RefusedError as refused:
        return _error(refused.error, refused.description)
    if answer.error:
        refusal = _error(answer.error, answer.error_description)
        if sent.client.has_refresh_cookie and answer.error == use_cases.INVALID_GRANT:
            remove_cookie(refusal, issuer, REFRESH_COOKIE, path=_token_path(issuer))
        return refusal
    hidden = {"error", "error_description", "is_in_cookie", *({"refresh_token"} if answer.is_in_cookie else ())}
    granted = JSONResponse(answer.model_dump(exclude=hidden, exclude_none=True), headers=NO_STORE)
    if answer.is_in_cookie and answer.refresh_token is not None:
        set_cookie(granted, issuer, REFRESH_COOKIE, answer.refresh_token, path=_token_path(issuer), lifetime=issuer.session_lifetime)
    return granted


async def _granted(sent: _Sent, request: Request, issuer: Issuer, work: UnitOfWork, origin: Origin) -> TokenAnswer:
    client, fields = sent.client, sent.fields
    by = Origin(address=origin.address, user_agent=origin.user_agent, actor=client.id)
    match fields.get("grant_type"):
        case "authorization_code":
            return await work(lambda tx: use_cases.exchange_code(tx, issuer, client, fields, by), TokenAnswer)
        case "refresh_token":
            refresh_token = fields.get("refresh_token")
            if client.has_refresh_cookie:
                if not forms.is_from_here(issuer.origin, request.headers, redirects.origins(client.redirect_uris)):
                    raise RefusedError("invalid_request", "Another site sent this.")
                refresh_token = request.cookies.get(REFRESH_COOKIE)
            if not refresh_token:
                return TokenAnswer(error=use_cases.INVALID_GRANT, error_description="There is no refresh token.")
            return await work(lambda tx: use_cases.refresh(tx, issuer, client, refresh_token, fields.get("scope"), by), TokenAnswer)
        case "client_credentials":
            return await work(lambda tx: use_cases.grant_machine(tx, issuer, client, fields.get("scope"), by), TokenAnswer)
        case None:
            raise RefusedError("invalid_request", "Send grant_type.")
        case _:
            raise RefusedError("unsupported_grant_type", "These are: authorization_code, refresh_token, client_credentials.")


@router.post("/revoke")
async def revoke(request: Request, db: Reading, issuer: Provider, work: Work, origin: From) -> Response:
    """Revoke a client's token (RFC 7009); one that is not known is answered alike."""
    try:
        sent = await _client(request, db, work, origin)
    except RefusedError as refused:
        return _error(refused.error, refused.description)
    token = sent.fields.get("token", "")
    found = await keys_queries.access_token_claims(db, issuer, token, datetime.now(UTC)) or {}
    is_own = found.get("client_id") == sent.client.id and "sid" in found
    sign_in_id = SignInId(UUID(found["sid"])) if is_own else None
    await work(lambda tx: use_cases.revoke(tx, sent.client, token, sign_in_id, origin), Done)
    return Response(status_code=HTTPStatus.OK, headers=NO_STORE)


@router.post("/introspect")
async def introspect(request: Request, db: Reading, issuer: Provider, work: Work, origin: From) -> Response:
    """Tell a service that has a secret whether an access token is valid now (RFC 7662)."""
    try:
        sent = await _client(request, db, work, origin)
    except RefusedError as refused:
        return _error(refused.error, refused.description)
    if not sent.has_secret:
        return _error("invalid_client", "Prove the client by its secret, as HTTP Basic.")
    found = await queries.live_claims(db, issuer, sent.fields.get("token", ""), datetime.now(UTC))
    return JSONResponse({"active": True, "token_type": "Bearer", **found} if found else {"active": False}, headers=NO_STORE)


@router.get("/userinfo")
@router.post("/userinfo")
async def userinfo(request: Request, db: Reading, issuer: Provider) -> Response:
    """Return what an access token discloses of a person (OpenID Connect Core 1.0, section 5.3)."""
    if (sent := bearer_of(request)) is None:
        raise unauthorized(NO_TOKEN)
    found = await queries.live_claims(db, issuer, sent, datetime.now(UTC))
    account = await queries.person_of(db, found) if found else None
    if found is None or account is None:
        raise unauthorized(BAD_TOKEN, "invalid_token")
    if requests.OPENID not in found["scope"].split():
        raise unauthorized(NO_OPENID, "insufficient_scope")
    return JSONResponse({"sub": found["sub"], **claims.about(account, found["scope"].split()), "roles": found["roles"]}, headers=NO_STORE)


# ---- the end of a sign-in


class _SignOut:
    """What is requested: which sign-in a client has named, and where the browser is led afterwards."""

    def __init__(self, fields: dict[str, str], hinted: str | None, after: str) -> None:
        self.fields = fields
        self.hinted = hinted
        self.after = after


async def _after(request: Request, db: Reading, issuer: Provider) -> _SignOut:
    """Read a request of a client to sign somebody out (OpenID Connect RP-Initiated Logout 1.0)."""
    fields = forms.read(request.url.query if request.method == "GET" else await request.body())
    hinted = await keys_queries.id_token_claims(db, issuer, fields.get("id_token_hint", ""), datetime.now(UTC)) or {}
    client = await clients_queries.find(db, hinted.get("aud") or fields.get("client_id", ""))
    address = fields.get("post_logout_redirect_uri", "")
    if client is None or address not in client.logout_uris:
        return _SignOut(fields, hinted.get("sid"), "")
    state = f"{'&' if '?' in address else '?'}{requests.urlencode({'state': fields['state']})}" if "state" in fields else ""
    return _SignOut(fields, hinted.get("sid"), f"{address}{state}")


@router.get("/end-session")
@router.post("/end-session")
async def end_session(
    wanted: Annotated[_SignOut, Depends(_after)], request: Request, db: Reading, issuer: Provider, work: Work, origin: From, page: PageCode
) -> Response:
    """Sign somebody out: at once where their client names the sign-in, otherwise when they have confirmed it."""
    sign_in = await sessions_queries.find(db, request.cookies.get(SESSION_COOKIE), datetime.now(UTC))
    if sign_in is not None:
        if wanted.hinted != str(sign_in.id) and "form_code" not in wanted.fields:
            return page.html(pages.sign_out(issuer.path, page.code, wanted.fields), leads_to=" ".join(redirects.origins([wanted.after])))
        if wanted.hinted != str(sign_in.id):
            check_ours(request, issuer, wanted.fields)
        by = Origin(address=origin.address, user_agent=origin.user_agent, actor=str(sign_in.account_id))
        await work(lambda tx: sessions_use_cases.end(tx, sign_in.id, sign_in.account_id, by), SignInView)
    answer = redirect(wanted.after) if wanted.after else page.html(pages.signed_out(issuer.path))
    remove_cookie(answer, issuer, SESSION_COOKIE)
    remove_cookie(answer, issuer, REFRESH_COOKIE, path=_token_path(issuer))
    return answer


def _token_path(issuer: Issuer) -> str:
    return f"{issuer.path}/token"


def _error(error: str, description: str) -> JSONResponse:
    status = STATUS.get(error, HTTPStatus.BAD_REQUEST)
    headers = {**NO_STORE, **(BASIC if status == HTTPStatus.UNAUTHORIZED else {})}
    return JSONResponse({"error": error, "error_description": description}, status, headers=headers)
