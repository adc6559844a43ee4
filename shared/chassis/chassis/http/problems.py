"""Errors as RFC 9457 problem details: what, why, what would work, and every problem at once."""

import re
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any, Final

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from pydantic_core import to_jsonable_python
from starlette.exceptions import HTTPException
from starlette.routing import compile_path

from chassis.bodies.findings import invalid
from chassis.data.database import CommitUnknownError
from chassis.database_errors import breaks_reference, collided, exhausted, lost, misfit, unstorable
from chassis.errors import (
    Conflict,
    DomainError,
    FieldError,
    Forbidden,
    Invalid,
    Malformed,
    NotFound,
    Stale,
    Unacceptable,
    Unauthenticated,
    Unavailable,
    Unsupported,
)
from chassis.files.threads import in_thread
from chassis.telemetry.logs import describe

MEDIA_TYPE: Final = "application/problem+json"
RETRY_AFTER_S: Final = 2
BUSY: Final = (
    "Others are changing the same at this moment, and this could not be done beside them; nothing was changed. Try again in a few seconds."
)
BROKEN_REFERENCE: Final = (
    "Something that this needs is not there, or what it removes is still needed elsewhere; nothing was changed. "
    "The same request will be refused again. Look at what it names as it is now."
)

NO_SUCH_ADDRESS: Final = "There is no such address here. The service describes those that there are at its /docs and /openapi.json."
JSON: Final = re.compile(r"^application/([^;]+\+)?json\s*(;|$)", re.IGNORECASE)
NOT_SIGNED_IN: Final = "not-signed-in"
"""The slug of a request that states nothing about who makes it."""
LONGEST_SHOWN: Final = 100
"""Characters of a header or a method that are repeated to whoever sent it."""

log = structlog.get_logger()


class ProblemDetails(BaseModel):
    """RFC 9457; a problem may carry more members that state what would work."""

    type: str = Field(examples=["/problems/invalid-request"])
    title: str = Field(examples=["Invalid request"])
    status: int = Field(examples=[422])
    detail: str = Field(examples=["starts_at: This time needs its offset from UTC, such as 2026-03-02T09:00:00-05:00."])
    errors: list[FieldError] = []
    """At most 100."""
    errors_omitted: int | None = None
    """How many more there are; absent when all are listed."""


class Problem(DomainError, HTTPException):
    """Something that only the HTTP edge refuses, such as a method or a media type."""

    def __init__(self, status: int, slug: str, detail: str, errors: Sequence[FieldError] = (), /, **members: Any) -> None:
        """Answer it with this status."""
        super().__init__(slug, detail, errors, **members)
        self.status_code = int(status)
        self.headers = None


STATUS: Final[Mapping[type[DomainError], HTTPStatus]] = {
    NotFound: HTTPStatus.NOT_FOUND,
    Conflict: HTTPStatus.CONFLICT,
    Invalid: HTTPStatus.UNPROCESSABLE_ENTITY,
    Malformed: HTTPStatus.BAD_REQUEST,
    Unsupported: HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    Unacceptable: HTTPStatus.NOT_ACCEPTABLE,
    Stale: HTTPStatus.PRECONDITION_FAILED,
    Unauthenticated: HTTPStatus.UNAUTHORIZED,
    Forbidden: HTTPStatus.FORBIDDEN,
    Unavailable: HTTPStatus.SERVICE_UNAVAILABLE,
}
"""The response of each kind of error; the only place that decides it."""


def status_of(error: DomainError) -> int:
    """Return the status that answers an error: that of its kind, or of the kind that it is one of."""
    if isinstance(error, Problem):
        return error.status_code
    return next((status for kind, status in STATUS.items() if isinstance(error, kind)), HTTPStatus.INTERNAL_SERVER_ERROR)


def documented(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Describe the problems that a route may answer with, for its OpenAPI; 400, 401, 403, 422 and 503 always are."""
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemDetails"}}}
    return {
        status: {"description": HTTPStatus(status).phrase, "content": content} for status in sorted({400, 401, 403, 422, 503, *statuses})
    }


def answer_problems(app: FastAPI) -> None:
    """Make every refusal of the app a problem document; what nobody foresaw is answered by ``unforeseen``."""
    app.add_exception_handler(DomainError, _domain_error)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)


def response(error: DomainError) -> JSONResponse:
    """Render an error as RFC 9457 has it."""
    status = status_of(error)
    body = {
        "type": f"/problems/{error.slug}",
        "title": error.slug.replace("-", " ").capitalize(),
        "status": status,
        "detail": error.detail,
        "errors": [each.model_dump(mode="json", exclude_none=True) for each in error.errors],
        **to_jsonable_python(error.members),
    }
    headers = {"Retry-After": str(RETRY_AFTER_S)} if status == HTTPStatus.SERVICE_UNAVAILABLE else {}
    if status == HTTPStatus.UNAUTHORIZED:  # RFC 6750 states an error only where something was sent
        challenge = "Bearer" if error.slug == NOT_SIGNED_IN else 'Bearer error="invalid_token"'
        headers = {"WWW-Authenticate": challenge, "Cache-Control": "no-store"}
    return JSONResponse(
        body, status, headers={**headers, **((error.headers or {}) if isinstance(error, Problem) else {})}, media_type=MEDIA_TYPE
    )


def unforeseen(error: Exception, path: str) -> DomainError:
    """Return what may be disclosed about an unexpected error; the log has the rest."""
    if isinstance(error, CommitUnknownError):
        log.warning("the database went away during a commit", path=path)
        return Unavailable(
            "unavailable",
            "The database went away while this was being saved: it is saved or it is not. "
            "Look before you try again, or repeat it with the same Idempotency-Key.",
        )
    if exhausted(error):
        log.warning("every database connection was in use for too long", path=path)
        detail = "Every database connection of this process is in use; nothing was changed. Try again shortly."
        return Unavailable("overloaded", detail)
    if breaks_reference(error):
        log.error("something that was referred to was not there each time", path=path, exc_info=error)
        return Conflict("broken-reference", BROKEN_REFERENCE)
    if collided(error):
        log.warning("it collided with other changes, or waited for too long, each time", path=path, error=describe(error))
        return Unavailable("busy", BUSY)
    if lost(error):
        log.warning("the database did not answer", path=path, error=describe(error))
        return Unavailable("unavailable", "The database does not answer right now; nothing was changed. Try again shortly.")
    if misfit(error):
        log.error("the tables are not what this release needs", path=path, exc_info=error)
        detail = "The database is not as this service needs it, perhaps during an upgrade; nothing was changed. Try again shortly."
        return Unavailable("unavailable", detail)
    if unstorable(error):
        log.warning("a value cannot be stored", path=path, error=describe(error))
        return Malformed("unstorable-value", "A value is out of every range or contains a NUL character; nothing was changed.")
    log.error("unexpected error", path=path, exc_info=error)
    return Problem(
        HTTPStatus.INTERNAL_SERVER_ERROR, "internal-error", "Something unexpected went wrong; it has been logged and nothing was changed."
    )


async def _domain_error(_: Request, error: Exception) -> JSONResponse:
    if not isinstance(error, DomainError):
        raise error
    return response(error)


async def _invalid(request: Request, error: Exception) -> JSONResponse:
    if not isinstance(error, RequestValidationError):
        raise error
    sent = request.headers.get("content-type", "")
    if (
        error.errors()
        and not JSON.search(sent)
        and any(each["loc"] == ("body",) and isinstance(each["input"], bytes) for each in error.errors())
    ):
        was = f"with Content-Type {sent[:LONGEST_SHOWN]}" if sent else "without a Content-Type"
        detail = f"The request's body came {was}. Send JSON, with Content-Type: application/json."
        return response(Malformed("invalid-request", detail, [FieldError(field="body", code="content_type", message=detail)]))
    return response(invalid(error.errors()))


def _methods(app: FastAPI, path: str) -> set[str]:
    """Return the methods of every documented route at a path; the router itself names those of the first one only."""
    described: dict[str, dict[str, Any]] = app.openapi()["paths"]
    found = [described[path]] if path in described else [item for each, item in described.items() if compile_path(each)[0].match(path)]
    return {method.upper() for item in found for method in item}


async def _http(request: Request, error: Exception) -> JSONResponse:
    if not isinstance(error, HTTPException):
        raise error
    detail = str(error.detail)
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED and (methods := await in_thread(_methods, request.app, request.url.path)):
        allowed = ", ".join(sorted(methods))
        error.headers = {**(error.headers or {}), "Allow": allowed}
        detail = f"{request.method[:LONGEST_SHOWN]} is not possible at this address. What is possible: {allowed}."
    elif error.status_code == HTTPStatus.NOT_FOUND and detail == HTTPStatus.NOT_FOUND.phrase:
        detail = NO_SUCH_ADDRESS
    elif error.status_code == HTTPStatus.BAD_REQUEST and isinstance(error.__cause__, RecursionError):
        detail = "The request's JSON has too many lists and objects inside each other to be read. Send what the API describes at /docs."
    slug = HTTPStatus(error.status_code).phrase.lower().replace(" ", "-").replace("'", "")
    problem = Problem(error.status_code, slug, detail)
    problem.headers = error.headers
    return response(problem)
