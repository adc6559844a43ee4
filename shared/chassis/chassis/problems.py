"""Errors as RFC 9457 problem details: what, why, what would work, and every problem at once."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any, Final

import structlog
from contracts.named_times import NamedTime
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from pydantic_core import to_jsonable_python
from starlette.exceptions import HTTPException
from starlette.routing import compile_path

from chassis.apart import apart
from chassis.database import CommitUnknownError, collided, exhausted, lost, unstorable
from chassis.logs import describe
from chassis.plain import code_of, sentence_of

MEDIA_TYPE: Final = "application/problem+json"
RETRY_AFTER_S: Final = 2
UNREADABLE: Final = ("json_invalid", "missing", "extra_forbidden", "_type", "_parsing", "model_attributes_type")
"""Endings of pydantic's codes for input that is not of the shape at all (400); the others break a rule (422)."""

LISTED_AT_MOST: Final = 100
"""Problems that one answer lists; whoever sends thousands gets no answer that is larger than what was sent."""
LONGEST_FIELD: Final = 200
LONGEST_DETAIL: Final = 20_000
"""Characters of the field's name and of the detail in an answer."""

BUSY: Final = (
    "Others are changing the same at this moment, and this could not be done beside them; nothing was changed. Try again in a few seconds."
)

log = structlog.get_logger()


class FieldError(BaseModel):
    """One thing that is wrong with one field."""

    field: str = Field(examples=["starts_at"])
    code: str = Field(examples=["timezone_aware"])
    message: str = Field(examples=["This time needs its offset from UTC, such as 2026-03-02T09:00:00-05:00."])
    fix: str | None = Field(None, examples=["Choose a time within the opening hours."])
    """What would work, where it can be said apart from the message."""
    times: list[NamedTime] | None = None
    """The days and times that the message names, for whoever writes them in another way."""


class ProblemDetails(BaseModel):
    """RFC 9457; a problem may carry more members that say what would work."""

    type: str = Field(examples=["/problems/invalid-request"])
    title: str = Field(examples=["Invalid request"])
    status: int = Field(examples=[422])
    detail: str = Field(examples=["starts_at: This time needs its offset from UTC, such as 2026-03-02T09:00:00-05:00."])
    errors: list[FieldError] = []
    """At most 100."""
    errors_omitted: int | None = None
    """How many more there are; absent when all are listed."""


class Problem(HTTPException):
    """A request that cannot be done, told to the caller."""

    def __init__(self, status: int, slug: str, detail: str, errors: Sequence[FieldError] = (), **members: Any) -> None:
        """Say it with a stable slug; ``members`` are further JSON members of the answer."""
        super().__init__(status, detail if len(detail) <= LONGEST_DETAIL else f"{detail[:LONGEST_DETAIL]} …")
        self.status = int(status)
        self.slug = slug
        self.errors = list(errors[:LISTED_AT_MOST])
        self.members = members
        if omitted := len(errors) - len(self.errors):
            self.members["errors_omitted"] = omitted

    def body(self) -> dict[str, Any]:
        """Write it as RFC 9457 has it."""
        return {
            "type": f"/problems/{self.slug}",
            "title": self.slug.replace("-", " ").capitalize(),
            "status": self.status,
            "detail": self.detail,
            "errors": [error.model_dump(mode="json", exclude_none=True) for error in self.errors],
            **to_jsonable_python(self.members),
        }


def not_found(what: str, key: object) -> Problem:
    """Build the answer to a key that names nothing."""
    return Problem(HTTPStatus.NOT_FOUND, "not-found", f"There is no {what} {key}.")


def refused(slug: str, detail: str, *, field: str | None = None, **members: Any) -> Problem:
    """Build the answer to a well-formed request that a rule refuses."""
    errors = [FieldError(field=field, code=slug, message=detail)] if field else []
    return Problem(HTTPStatus.UNPROCESSABLE_ENTITY, slug, detail, errors, **members)


def conflict(slug: str, detail: str, **members: Any) -> Problem:
    """Build the answer to a request that the present state does not allow."""
    return Problem(HTTPStatus.CONFLICT, slug, detail, **members)


def unavailable(detail: str) -> Problem:
    """Build the answer while the database is away."""
    return Problem(HTTPStatus.SERVICE_UNAVAILABLE, "unavailable", detail)


def documented(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Describe the problems that a route may answer with, for its OpenAPI; 400, 422 and 503 are always possible."""
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemDetails"}}}
    return {status: {"description": HTTPStatus(status).phrase, "content": content} for status in sorted({400, 422, 503, *statuses})}


def answer_problems(app: FastAPI) -> None:
    """Make every refusal of the app a problem document; what nobody foresaw is answered by ``unforeseen``."""
    app.add_exception_handler(Problem, _problem)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)


def response(problem: Problem) -> JSONResponse:
    """Render a problem."""
    headers = {"Retry-After": str(RETRY_AFTER_S)} if problem.status == HTTPStatus.SERVICE_UNAVAILABLE else {}
    return JSONResponse(problem.body(), problem.status, headers={**headers, **(problem.headers or {})}, media_type=MEDIA_TYPE)


def invalid(found: Sequence[Mapping[str, Any]]) -> Problem:
    """Turn pydantic's findings into one problem that names them all."""
    unreadable = any(code_of(finding).endswith(UNREADABLE) for finding in found)
    status = HTTPStatus.BAD_REQUEST if unreadable else HTTPStatus.UNPROCESSABLE_ENTITY
    errors = [
        FieldError(field=_field(finding)[:LONGEST_FIELD], code=code_of(finding), message=sentence_of(finding))
        for finding in found[:LISTED_AT_MOST]
    ]
    problem = Problem(status, "invalid-request", " ".join(f"{error.field}: {error.message}" for error in errors), errors)
    if omitted := len(found) - len(errors):
        problem.members["errors_omitted"] = omitted
    return problem


def unforeseen(error: Exception, path: str) -> Problem:
    """Say what may be said about an error that no rule foresaw; the log says the rest."""
    if isinstance(error, CommitUnknownError):
        log.warning("the database went away during a commit", path=path)
        return unavailable(
            "The database went away while this was being saved: it is saved or it is not. "
            "Look before you try again, or repeat it with the same Idempotency-Key."
        )
    if exhausted(error):
        log.warning("every database connection was in use for too long", path=path)
        detail = "Every database connection of this process is in use; nothing was changed. Try again shortly."
        return Problem(HTTPStatus.SERVICE_UNAVAILABLE, "overloaded", detail)
    if collided(error):
        log.warning("others changed the same each time", path=path, error=describe(error))
        return Problem(HTTPStatus.SERVICE_UNAVAILABLE, "busy", BUSY)
    if lost(error):
        log.warning("the database did not answer", path=path, error=describe(error))
        return unavailable("The database does not answer right now; nothing was changed. Try again shortly.")
    if unstorable(error):
        log.warning("a value cannot be stored", path=path, error=describe(error))
        return Problem(
            HTTPStatus.BAD_REQUEST, "unstorable-value", "A value is out of every range or contains a NUL character; nothing was changed."
        )
    log.error("unexpected error", path=path, exc_info=error)
    return Problem(
        HTTPStatus.INTERNAL_SERVER_ERROR, "internal-error", "Something unexpected went wrong; it has been logged and nothing was changed."
    )


def _field(finding: Mapping[str, Any]) -> str:
    place, *path = finding["loc"]
    if finding["type"] == "json_invalid" or not path:
        return str(place)
    return ".".join(str(part) for part in path)


async def _problem(_: Request, error: Exception) -> JSONResponse:
    if not isinstance(error, Problem):
        raise error
    return response(error)


async def _invalid(_: Request, error: Exception) -> JSONResponse:
    if not isinstance(error, RequestValidationError):
        raise error
    return response(invalid(error.errors()))


def _methods(app: FastAPI, path: str) -> set[str]:
    """Return the methods of every documented route at a path; the router itself names those of the first one only."""
    described: dict[str, dict[str, Any]] = app.openapi()["paths"]
    found = [described[path]] if path in described else [item for each, item in described.items() if compile_path(each)[0].match(path)]
    return {method.upper() for item in found for method in item}


async def _http(request: Request, error: Exception) -> JSONResponse:
    if not isinstance(error, HTTPException):
        raise error
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED and (methods := await apart(_methods, request.app, request.url.path)):
        error.headers = {**(error.headers or {}), "Allow": ", ".join(sorted(methods))}
    slug = HTTPStatus(error.status_code).phrase.lower().replace(" ", "-").replace("'", "")
    problem = Problem(error.status_code, slug, str(error.detail))
    problem.headers = error.headers
    return response(problem)
