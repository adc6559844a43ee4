"""The HTTP edge of somebody's own account; every form is the browser's own, and every answer is for nobody else."""

import json
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Annotated, Final

from chassis.data.database import Transaction
from chassis.http.conventions import Reading
from chassis.http.problems import Problem
from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse, Response

from identity.accounts import queries as accounts_queries
from identity.accounts.schemas import AccountView
from identity.accounts.use_cases import PasswordSet
from identity.events.use_cases import Origin
from identity.factors import queries as factors_queries
from identity.factors import use_cases as factors_use_cases
from identity.factors.schemas import FactorOutcome, PasskeyOptions, TotpSetup
from identity.pages.api import (
    FORM_COOKIE,
    HEADERS,
    REFRESH_COOKIE,
    SESSION_COOKIE,
    Form,
    From,
    PageCode,
    PageProblem,
    Provider,
    SentJson,
    Work,
    redirect,
    remove_cookie,
)
from identity.profile import pages, use_cases
from identity.provider.encryption import digest
from identity.provider.ids import FactorId, SignInId
from identity.provider.issuer import Issuer
from identity.sessions import queries as sessions_queries
from identity.sessions import use_cases as sessions_use_cases
from identity.sessions.schemas import SignInView

SHOWN: Final = 50
RECENT: Final = timedelta(minutes=15)
TOO_OLD: Final = "You signed in a while ago. Sign in again, then change your second factors."
NOT_EQUAL: Final = "The two passwords are not the same."
DONE: Final = {
    "password": "Your password is changed, and every other browser is signed out.",
    "factor": "It is removed.",
    "added": "It is added.",
}

router = APIRouter(prefix="/account", include_in_schema=False)


async def _person(request: Request, db: Reading) -> tuple[AccountView, SignInView] | None:
    sign_in = await sessions_queries.find(db, request.cookies.get(SESSION_COOKIE), datetime.now(UTC))
    account = await accounts_queries.find(db, sign_in.account_id) if sign_in else None
    return (account, sign_in) if account and sign_in else None


async def _signed_in(found: Annotated[tuple[AccountView, SignInView] | None, Depends(_person)]) -> tuple[AccountView, SignInView]:
    if found is None:
        raise PageProblem(HTTPStatus.UNAUTHORIZED, "signed-out", "You are signed out. Open your account again.")
    return found


Person = Annotated[tuple[AccountView, SignInView], Depends(_signed_in)]


class TooOldProblem(PageProblem):
    """What changes second factors needs a sign-in that is recent: whoever finds a browser open must not keep the account."""

    begin_at = "sign-in"


async def _recently_signed_in(person: Person) -> tuple[AccountView, SignInView]:
    if person[1].began_at + RECENT < datetime.now(UTC):
        raise TooOldProblem(HTTPStatus.FORBIDDEN, "sign-in-too-old", TOO_OLD)
    return person


Recent = Annotated[tuple[AccountView, SignInView], Depends(_recently_signed_in)]


@router.get("")
async def show_account(
    found: Annotated[tuple[AccountView, SignInView] | None, Depends(_person)], db: Reading, issuer: Provider, page: PageCode, done: str = ""
) -> Response:
    """Show the account of whoever is signed in."""
    if found is None:
        return redirect(f"{issuer.url}/sign-in")
    return page.html(await _shown(found, db, issuer, page, done=DONE.get(done, "")))


@router.post("/password")
async def change_password(form: Form, person: Person, db: Reading, issuer: Provider, origin: From, work: Work, page: PageCode) -> Response:
    """Set another password."""
    account, sign_in = person
    password = form.get("password", "")
    done = PasswordSet(refused=NOT_EQUAL)
    if password == form.get("again"):
        present, by = form.get("present", ""), _by(account, origin)
        done = await work(lambda tx: use_cases.change_password(tx, account, sign_in.id, present, password, by), PasswordSet)
    if done.account is None:
        return page.html(await _shown(person, db, issuer, page, refused=done.refused), HTTPStatus.UNPROCESSABLE_ENTITY)
    return redirect(f"{issuer.url}/account?done=password")


@router.post("/sign-out")
async def sign_out(_: Form, person: Person, issuer: Provider, origin: From, work: Work) -> Response:
    """Sign out with this browser."""
    account, sign_in = person
    await work(lambda tx: sessions_use_cases.end(tx, sign_in.id, account.id, _by(account, origin)), SignInView)
    answer = redirect(f"{issuer.url}/sign-in")
    remove_cookie(answer, issuer, SESSION_COOKIE)
    remove_cookie(answer, issuer, REFRESH_COOKIE, path=f"{issuer.path}/token")
    return answer


@router.post("/sign-ins/end-others")
async def end_others(_: Form, person: Person, issuer: Provider, origin: From, work: Work) -> Response:
    """Sign out with every other browser."""
    account, sign_in = person

    async def end(tx: Transaction) -> FactorOutcome:
        await sessions_use_cases.end_all(tx, account.id, _by(account, origin), but=sign_in.id)
        return FactorOutcome()

    await work(end, FactorOutcome)
    return redirect(f"{issuer.url}/account")


@router.post("/sign-ins/{sign_in_id}/end")
async def end_sign_in(sign_in_id: SignInId, _: Form, person: Person, issuer: Provider, origin: From, work: Work) -> Response:
    """Sign out with another browser of one's own."""
    account, _present = person
    await work(lambda tx: sessions_use_cases.end(tx, sign_in_id, account.id, _by(account, origin)), SignInView)
    return redirect(f"{issuer.url}/account")


@router.post("/totp")
async def begin_totp(_: Form, person: Recent, issuer: Provider, work: Work, page: PageCode) -> Response:
    """Show the secret for an authenticator."""
    account, _sign_in = person
    setup = await work(lambda tx: factors_use_cases.begin_totp(tx, issuer, account), TotpSetup)
    return page.html(pages.totp_page(issuer.path, page.code, setup))


@router.post("/totp/confirm")
async def confirm_totp(form: Form, person: Recent, issuer: Provider, origin: From, work: Work, page: PageCode) -> Response:
    """Turn on an authenticator by its first code."""
    account, code = person[0], form.get("code", "")
    done = await work(lambda tx: factors_use_cases.confirm_totp(tx, issuer, account.id, code, _by(account, origin)), FactorOutcome)
    if done.refused:
        refusal = pages.refusal_page(issuer.path, "The authenticator is not turned on", done.refused)
        return page.html(refusal, HTTPStatus.UNPROCESSABLE_ENTITY)
    return page.html(pages.recovery_page(issuer.path, done.recovery_codes))


@router.post("/totp/remove")
async def remove_totp(form: Form, person: Person, db: Reading, issuer: Provider, origin: From, work: Work, page: PageCode) -> Response:
    """Turn off an authenticator."""
    account, present = person[0], form.get("totp_password", "")
    done = await work(lambda tx: use_cases.remove_totp(tx, account, present, _by(account, origin)), FactorOutcome)
    if done.refused:
        return page.html(await _shown(person, db, issuer, page, refused=done.refused), HTTPStatus.UNPROCESSABLE_ENTITY)
    return redirect(f"{issuer.url}/account?done=factor")


@router.post("/passkeys/options")
async def begin_passkey(_: SentJson, person: Recent, request: Request, issuer: Provider, work: Work) -> Response:
    """Return what a browser needs to make a passkey."""
    account, browser = person[0], digest(request.cookies[FORM_COOKIE])
    options = await work(lambda tx: factors_use_cases.begin_passkey(tx, issuer, account, browser), PasskeyOptions)
    return JSONResponse(json.loads(options.written), headers=HEADERS)


@router.post("/passkeys")
async def add_passkey(sent: SentJson, person: Recent, request: Request, issuer: Provider, origin: From, work: Work) -> Response:
    """Keep a passkey that the browser has made."""
    account, browser = person[0], digest(request.cookies[FORM_COOKIE])
    credential, name, by = sent.get("credential"), str(sent.get("name", "")), _by(account, origin)
    done = await work(lambda tx: factors_use_cases.add_passkey(tx, issuer, account.id, browser, credential, name, by), FactorOutcome)
    if done.refused:
        raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "passkey-refused", done.refused)
    return JSONResponse({"continue_at": f"{issuer.url}/account?done=added"}, headers=HEADERS)


@router.post("/passkeys/{passkey_id}/remove")
async def remove_passkey(passkey_id: FactorId, _: Form, person: Recent, issuer: Provider, origin: From, work: Work) -> Response:
    """Remove a passkey."""
    account, _sign_in = person
    await work(lambda tx: factors_use_cases.remove_passkey(tx, account.id, passkey_id, _by(account, origin)), FactorOutcome)
    return redirect(f"{issuer.url}/account?done=factor")


def _by(account: AccountView, origin: Origin) -> Origin:
    return Origin(address=origin.address, user_agent=origin.user_agent, actor=str(account.id))


async def _shown(
    person: tuple[AccountView, SignInView], db: Reading, issuer: Issuer, page: PageCode, *, refused: str = "", done: str = ""
) -> str:
    account, sign_in = person
    factors = await factors_queries.factors_of(db, account.id)
    sign_ins = await sessions_queries.list_sign_ins(db, account.id, datetime.now(UTC), limit=SHOWN, cursor=None)
    return pages.account_page(
        issuer.path,
        page.code,
        account,
        factors,
        sign_ins.items,
        sign_in.id,
        refused=refused,
        done=done,
        takes_passkeys=issuer.takes_passkeys,
    )
