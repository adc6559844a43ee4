"""The HTTP edge that all pages share: headers, cookies, forms that are ours, and the files that pages load."""

import secrets
from datetime import timedelta
from http import HTTPStatus
from importlib.resources import files
from typing import Annotated, Any, Final

from chassis.data.database import Database
from chassis.http.conventions import UnitOfWork
from chassis.http.problems import Problem, response
from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from identity.events.use_cases import Origin
from identity.pages import forms, layout
from identity.provider.issuer import Issuer

FORM_COOKIE: Final = "holdfast_form"
SESSION_COOKIE: Final = "holdfast_session"
PENDING_COOKIE: Final = "holdfast_sign_in"
REFRESH_COOKIE: Final = "holdfast_refresh"
LONGEST_AGENT: Final = 200
POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; "
    "frame-ancestors 'none'; form-action 'self'"
)
HEADERS: Final = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
}
ASSETS: Final = {"style.css": "text/css", "passkeys.js": "text/javascript"}
NOT_OURS: Final = "This form is not of this browser, or too old. Open the page again and send it from there."

assets = APIRouter(prefix="/assets", include_in_schema=False)


@assets.get("/{name}")
async def asset(name: str) -> Response:
    """Return a style or a script of the pages."""
    if name not in ASSETS:
        raise Problem(HTTPStatus.NOT_FOUND, "not-found", f"There is no file {name}.")
    content = (files("identity") / "assets" / name).read_bytes()
    return Response(
        content, media_type=ASSETS[name], headers={"Cache-Control": "public, max-age=3600", "X-Content-Type-Options": "nosniff"}
    )


async def _issuer(request: Request) -> Issuer:
    return request.app.state.issuer


Provider = Annotated[Issuer, Depends(_issuer)]


async def _origin(request: Request) -> Origin:
    """Return where a request comes from; behind the front, uvicorn takes the address from what the front states."""
    address = request.client.host if request.client else ""
    return Origin(address=address, user_agent=request.headers.get("user-agent", "")[:LONGEST_AGENT].replace("\0", ""))


From = Annotated[Origin, Depends(_origin)]


async def _work(request: Request, answer: Response) -> UnitOfWork:
    """Do the work of one request in one transaction; no answer is remembered, because it may hold a secret."""
    database: Database = request.app.state.database
    return UnitOfWork(database, answer, None)


Work = Annotated[UnitOfWork, Depends(_work)]


async def _form(request: Request, issuer: Provider) -> dict[str, str]:
    """Return the fields of a form that our own page has sent."""
    fields = forms.read(await request.body())
    check_ours(request, issuer, fields)
    return fields


Form = Annotated[dict[str, str], Depends(_form)]


async def _sent_json(request: Request, issuer: Provider) -> dict[str, Any]:
    """Return the JSON that a script of our own page has sent."""
    sent = await request.json()
    if not isinstance(sent, dict):
        raise Problem(HTTPStatus.BAD_REQUEST, "invalid-request", "Send a JSON object.")
    check_ours(request, issuer, {"form_code": str(sent.get("form_code", ""))})
    return sent


SentJson = Annotated[dict[str, Any], Depends(_sent_json)]


class PageProblem(Problem):
    """Something that is refused to a person before a page: shown as one, unless a script has sent the request."""

    begin_at = "account"
    """The page where the person begins anew."""


async def show_problem(request: Request, error: Exception) -> Response:
    """Answer a problem with a page where a page is wanted, which states where the person begins anew."""
    if not isinstance(error, PageProblem):
        raise error
    issuer: Issuer = request.app.state.issuer
    if "text/html" not in request.headers.get("accept", ""):
        return response(error)
    shown = layout.page(issuer.path, "This was not done", layout.link(f"{issuer.url}/{error.begin_at}", "Begin anew"), refused=error.detail)
    return HTMLResponse(shown, error.status_code, headers={**HEADERS, "Content-Security-Policy": POLICY})


def check_ours(request: Request, issuer: Issuer, fields: dict[str, str]) -> None:
    """Refuse what no page of ours has sent."""
    is_ours = forms.is_ours(issuer.encryption, request.cookies.get(FORM_COOKIE), fields)
    if not is_ours or not forms.is_from_here(issuer.origin, request.headers):
        raise PageProblem(HTTPStatus.FORBIDDEN, "not-our-form", NOT_OURS)


async def _form_code(request: Request, issuer: Provider) -> "FormCode":
    return FormCode(issuer, request.cookies.get(FORM_COOKIE))


class FormCode:
    """The code of the forms of one page, and the cookie by which it is known again."""

    def __init__(self, issuer: Issuer, cookie: str | None) -> None:
        """Take the browser's cookie, or draw one for it."""
        self._issuer = issuer
        self._is_new = not cookie
        self._cookie = cookie or secrets.token_urlsafe(32)

    @property
    def code(self) -> str:
        """What forms of this page carry."""
        return forms.code_for(self._issuer.encryption, self._cookie)

    def html(self, page: str, status: HTTPStatus = HTTPStatus.OK, leads_to: str = "") -> HTMLResponse:
        """Return a page; its forms may lead to the origin of a client beside our own."""
        policy = f"{POLICY} {leads_to}".rstrip()
        answer = HTMLResponse(page, status, headers={**HEADERS, "Content-Security-Policy": policy})
        if self._is_new:
            set_cookie(answer, self._issuer, FORM_COOKIE, self._cookie)
        return answer


PageCode = Annotated[FormCode, Depends(_form_code)]


def redirect(address: str) -> RedirectResponse:
    """Lead the browser on with GET, whatever it has sent."""
    return RedirectResponse(address, HTTPStatus.SEE_OTHER, headers=HEADERS)


def set_cookie(
    answer: Response, issuer: Issuer, name: str, value: str, *, path: str = "", lifetime: timedelta | None = None, is_lax: bool = False
) -> None:
    """Set a cookie that no script reads, by TLS alone where there is TLS; a lax one also comes with a link of another site."""
    answer.set_cookie(
        name,
        value,
        max_age=int(lifetime.total_seconds()) if lifetime else None,
        path=path or issuer.path or "/",
        secure=issuer.is_secure,
        httponly=True,
        samesite="lax" if is_lax else "strict",
    )


def remove_cookie(answer: Response, issuer: Issuer, name: str, *, path: str = "") -> None:
    """Remove a cookie."""
    answer.delete_cookie(name, path=path or issuer.path or "/", secure=issuer.is_secure, httponly=True)
