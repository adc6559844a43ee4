"""The HTTP edge of signing in: pages, forms, and the cookies of sign-ins."""

import json
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Annotated, Final
from urllib.parse import urlencode

from chassis.errors import DomainError, Malformed
from chassis.http.conventions import Reading
from chassis.http.problems import Problem
from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import JSONResponse, Response
from pydantic import ValidationError

from identity.accounts import queries as accounts_queries
from identity.accounts import use_cases as accounts_use_cases
from identity.accounts.schemas import NewAccount
from identity.accounts.use_cases import PasswordSet
from identity.clients import queries as clients_queries
from identity.clients import redirects
from identity.factors import use_cases as factors_use_cases
from identity.factors.schemas import PasskeyOptions
from identity.pages import forms
from identity.pages.api import (
    FORM_COOKIE,
    HEADERS,
    PENDING_COOKIE,
    SESSION_COOKIE,
    Form,
    From,
    PageCode,
    Provider,
    SentJson,
    Work,
    redirect,
    remove_cookie,
    set_cookie,
)
from identity.provider.encryption import digest
from identity.provider.issuer import Issuer
from identity.sign_in import pages, use_cases
from identity.sign_in.steps import Outcome, Step

LONGEST_REQUEST: Final = 4_000
NOT_EQUAL: Final = "The two passwords are not the same."
PASSWORD_SET: Final = "Your password is set. Sign in with it."  # noqa: S105 (a sentence)
RETRY_AFTER_S: Final = 900

router = APIRouter(include_in_schema=False)

AuthorizationRequest = Annotated[str, Query(alias="request", max_length=LONGEST_REQUEST)]
"""The query of the request for which somebody signs in; it is judged by ``/authorize`` again, and leads nowhere else."""


def continued(issuer: Issuer, request: str) -> str:
    """Return where somebody is led who has signed in: to the request that they came for, or to their account."""
    return f"{issuer.url}/authorize?{request}" if request else f"{issuer.url}/account"


async def _leads_to(db: Reading, request: Request) -> str:
    """Return the origins to which the forms of a sign-in lead in the end: browsers hold redirects to the policy of the form's page."""
    stated = request.query_params.get("request") or (await _stated_in_form(request)).get("request", "")
    try:
        client = await clients_queries.find(db, forms.read(stated).get("client_id", "")) if stated else None
    except Malformed:
        return ""
    return " ".join(redirects.origins(client.redirect_uris)) if client else ""


async def _stated_in_form(request: Request) -> dict[str, str]:
    try:
        return forms.read(await request.body()) if request.method == "POST" else {}
    except Malformed:
        return {}


LeadsTo = Annotated[str, Depends(_leads_to)]


@router.get("/sign-in")
async def show_sign_in(
    issuer: Provider, page: PageCode, leads_to: LeadsTo, requested: AuthorizationRequest = "", done: str = ""
) -> Response:
    """Ask for a name and a password."""
    message = PASSWORD_SET if done == "password" else ""
    shown = pages.sign_in(issuer.path, page.code, requested, done=message, takes_passkeys=issuer.takes_passkeys)
    return page.html(shown, leads_to=leads_to)


@router.post("/sign-in")
async def sign_in(form: Form, request: Request, issuer: Provider, origin: From, work: Work, page: PageCode, leads_to: LeadsTo) -> Response:
    """Try a name and a password."""
    name, requested = form.get("name", ""), form.get("request", "")
    previous = request.cookies.get(SESSION_COOKIE)
    outcome = await work(lambda tx: use_cases.sign_in(tx, issuer, name, form.get("password", ""), previous, origin), Outcome)
    if outcome.step in {Step.REFUSED, Step.LOCKED}:
        shown = pages.sign_in(issuer.path, page.code, requested, refused=outcome.refused, name=name, takes_passkeys=issuer.takes_passkeys)
        return _refused(page.html(shown, _status(outcome), leads_to), outcome)
    return _led_on(issuer, outcome, requested)


@router.get("/sign-in/code")
async def show_second_factor(issuer: Provider, page: PageCode, leads_to: LeadsTo, requested: AuthorizationRequest = "") -> Response:
    """Ask for a second factor."""
    return page.html(pages.second_factor(issuer.path, page.code, requested, takes_passkeys=issuer.takes_passkeys), leads_to=leads_to)


@router.post("/sign-in/code")
async def prove_code(
    form: Form, request: Request, issuer: Provider, origin: From, work: Work, page: PageCode, leads_to: LeadsTo
) -> Response:
    """Try a code as the second factor."""
    requested, cookies = form.get("request", ""), request.cookies
    pending, previous = cookies.get(PENDING_COOKIE), cookies.get(SESSION_COOKIE)
    outcome = await work(lambda tx: use_cases.prove_code(tx, issuer, pending, form.get("code", ""), previous, origin), Outcome)
    if outcome.step is Step.REFUSED:
        return _begun_again(issuer, page, requested, outcome, leads_to)
    if not outcome.secret:
        shown = pages.second_factor(issuer.path, page.code, requested, refused=outcome.refused, takes_passkeys=issuer.takes_passkeys)
        return _refused(page.html(shown, _status(outcome), leads_to), outcome)
    return _led_on(issuer, outcome, requested)


@router.get("/sign-in/password")
async def show_new_password(issuer: Provider, page: PageCode, leads_to: LeadsTo, requested: AuthorizationRequest = "") -> Response:
    """Ask for another password."""
    return page.html(pages.new_password(issuer.path, page.code, requested), leads_to=leads_to)


@router.post("/sign-in/password")
async def set_password(
    form: Form, request: Request, issuer: Provider, origin: From, work: Work, page: PageCode, leads_to: LeadsTo
) -> Response:
    """Set another password and sign in."""
    requested, password, cookies = form.get("request", ""), form.get("password", ""), request.cookies
    pending, previous = cookies.get(PENDING_COOKIE), cookies.get(SESSION_COOKIE)
    if password == form.get("again"):
        outcome = await work(lambda tx: use_cases.set_password(tx, issuer, pending, password, previous, origin), Outcome)
    else:
        outcome = Outcome(step=Step.NEW_PASSWORD, refused=NOT_EQUAL)
    if outcome.step is Step.REFUSED:
        return _begun_again(issuer, page, requested, outcome, leads_to)
    if not outcome.secret:
        return page.html(pages.new_password(issuer.path, page.code, requested, refused=outcome.refused), _status(outcome), leads_to)
    return _led_on(issuer, outcome, requested)


@router.post("/sign-in/passkey/options")
async def begin_passkey(_: SentJson, request: Request, issuer: Provider, work: Work) -> Response:
    """Return what a browser needs to use a passkey."""
    browser = digest(request.cookies[FORM_COOKIE])
    options = await work(lambda tx: factors_use_cases.begin_passkey_sign_in(tx, issuer, browser), PasskeyOptions)
    return JSONResponse(json.loads(options.written), headers=HEADERS)


@router.post("/sign-in/passkey")
async def prove_passkey(
    sent: SentJson, request: Request, issuer: Provider, origin: From, work: Work, requested: AuthorizationRequest = ""
) -> Response:
    """Try a passkey; the answer states where the browser goes on."""
    browser, credential = digest(request.cookies[FORM_COOKIE]), sent.get("credential")
    pending, previous = request.cookies.get(PENDING_COOKIE), request.cookies.get(SESSION_COOKIE)
    outcome = await work(lambda tx: use_cases.prove_passkey(tx, issuer, browser, credential, pending, previous, origin), Outcome)
    if not outcome.secret:
        raise Problem(_status(outcome), "passkey-refused", outcome.refused)
    answer = JSONResponse({"continue_at": _next_address(issuer, outcome, requested)}, headers=HEADERS)
    _set_cookies(answer, issuer, outcome)
    return answer


@router.get("/link")
async def show_link(issuer: Provider, db: Reading, page: PageCode, token: Annotated[str, Query(max_length=100)] = "") -> Response:
    """Show the page of a one-time link, which is used up only when its form is sent."""
    found = await accounts_queries.find_link(db, token, datetime.now(UTC))
    if found is False:
        return page.html(pages.invalid_link(issuer.path, "This link is not valid any more."), HTTPStatus.NOT_FOUND)
    return page.html(pages.link(issuer.path, page.code, token, None if found is True else found.user_name))


@router.post("/link")
async def use_link(form: Form, issuer: Provider, origin: From, db: Reading, work: Work, page: PageCode) -> Response:
    """Set a password by a one-time link."""
    token, password = form.get("token", ""), form.get("password", "")
    found = await accounts_queries.find_link(db, token, datetime.now(UTC))
    new, refused = _new_account(form) if found is True else (None, "")
    if not refused and password != form.get("again"):
        refused = NOT_EQUAL
    if not refused:
        try:
            done = await work(lambda tx: accounts_use_cases.use_link(tx, token, new, password, origin), PasswordSet)
        except DomainError as error:
            done = PasswordSet(refused=error.detail)
        if done.account is not None:
            return redirect(f"{issuer.url}/sign-in?done=password")
        refused = done.refused
    if found is False:
        return page.html(pages.invalid_link(issuer.path, refused), HTTPStatus.NOT_FOUND)
    name = None if found is True else found.user_name
    shown = pages.link(issuer.path, page.code, token, name, refused=refused, fields=form)
    return page.html(shown, HTTPStatus.UNPROCESSABLE_ENTITY)


def _new_account(form: dict[str, str]) -> tuple[NewAccount | None, str]:
    """Return the first administrator as the form describes them, or what is wrong with that."""
    try:
        return NewAccount(user_name=form.get("user_name", ""), full_name=form.get("full_name", "")), ""
    except ValidationError as error:
        wrong = {"user_name": "A user name has letters, digits, dots, - and _.", "full_name": "Enter your name."}
        return None, " ".join(wrong[str(each["loc"][0])] for each in error.errors())


def _status(outcome: Outcome) -> HTTPStatus:
    return HTTPStatus.TOO_MANY_REQUESTS if outcome.step is Step.LOCKED else HTTPStatus.UNPROCESSABLE_ENTITY


def _refused(answer: Response, outcome: Outcome) -> Response:
    if outcome.step is Step.LOCKED:
        answer.headers["Retry-After"] = str(RETRY_AFTER_S)
    return answer


def _begun_again(issuer: Issuer, page: PageCode, requested: str, outcome: Outcome, leads_to: str) -> Response:
    shown = pages.sign_in(issuer.path, page.code, requested, refused=outcome.refused, takes_passkeys=issuer.takes_passkeys)
    answer = page.html(shown, _status(outcome), leads_to)
    remove_cookie(answer, issuer, PENDING_COOKIE)
    return answer


def _led_on(issuer: Issuer, outcome: Outcome, requested: str) -> Response:
    answer = redirect(_next_address(issuer, outcome, requested))
    _set_cookies(answer, issuer, outcome)
    return answer


def _next_address(issuer: Issuer, outcome: Outcome, requested: str) -> str:
    if outcome.step is Step.SIGNED_IN:
        return continued(issuer, requested)
    page = "code" if outcome.step is Step.SECOND_FACTOR else "password"
    return f"{issuer.url}/sign-in/{page}?{urlencode({'request': requested})}"


def _set_cookies(answer: Response, issuer: Issuer, outcome: Outcome) -> None:
    """Set the cookie of the next step; who is signed in has a new one, whatever the browser had before."""
    if outcome.step is Step.SIGNED_IN:
        set_cookie(answer, issuer, SESSION_COOKIE, outcome.secret, lifetime=issuer.session_lifetime, is_lax=True)
        remove_cookie(answer, issuer, PENDING_COOKIE)
    else:
        set_cookie(answer, issuer, PENDING_COOKIE, outcome.secret, lifetime=use_cases.PENDING_LIFETIME)
