"""Errors as RFC 9457 problem details: what, why, what would work, and every problem at once."""

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

from chassis.database import collided, lost

MEDIA_TYPE: Final = "application/problem+json"
RETRY_AFTER_S: Final = 2
UNREADABLE: Final = ("json_invalid", "missing", "extra_forbidden", "_type", "_parsing", "model_attributes_type")
"""Endings of pydantic's codes for input that is not of the shape at all (400); the others break a rule (422)."""

log = structlog.get_logger()


class FieldError(BaseModel):
    """One thing that is wrong with one field."""

    field: str = Field(examples=["starts_at"])
    code: str = Field(examples=["timezone_aware"])
    message: str = Field(examples=["Input should have timezone info"])


class ProblemDetails(BaseModel):
    """RFC 9457; a problem may carry more members that say what would work."""

    type: str = Field(examples=["/problems/invalid-request"])
    title: str = Field(examples=["Invalid request"])
    status: int = Field(examples=[422])
    detail: str = Field(examples=["starts_at: Input should have timezone info"])
    errors: list[FieldError] = []


class Problem(Exception):  # noqa: N818 (the field's word)
    """A request that cannot be done, told to the caller."""

    def __init__(self, status: int, slug: str, detail: str, errors: Sequence[FieldError] = (), **members: object) -> None:
        """Say it with a stable slug; ``members`` are further JSON members of the answer."""
        super().__init__(detail)
        self.status = status
        self.slug = slug
        self.detail = detail
        self.errors = list(errors)
        self.members = members

    def body(self) -> dict[str, Any]:
        """Write it as problem details."""
        return {
            "type": f"/problems/{self.slug}",
            "title": self.slug.replace("-", " ").capitalize(),
            "status": self.status,
            "detail": self.detail,
            "errors": [error.model_dump() for error in self.errors],
            **to_jsonable_python(self.members),
        }


def not_found(what: str, key: object) -> Problem:
    """Build the answer to a key that names nothing."""
    return Problem(HTTPStatus.NOT_FOUND, "not-found", f"There is no {what} {key}.")


def refused(slug: str, detail: str, *, field: str | None = None, **members: object) -> Problem:
    """Build the answer to a well-formed request that a rule refuses."""
    errors = [FieldError(field=field, code=slug, message=detail)] if field else []
    return Problem(HTTPStatus.UNPROCESSABLE_ENTITY, slug, detail, errors, **members)


def conflict(slug: str, detail: str, **members: object) -> Problem:
    """Build the answer to a request that the present state does not allow."""
    return Problem(HTTPStatus.CONFLICT, slug, detail, **members)


def unavailable(detail: str) -> Problem:
    """Build the answer while the database is away."""
    return Problem(HTTPStatus.SERVICE_UNAVAILABLE, "unavailable", detail)


def documented(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Describe the problems that a route may answer with, for its OpenAPI; 400 and 422 are always possible."""
    return {
        status: {
            "model": ProblemDetails,
            "description": HTTPStatus(status).phrase,
            "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemDetails"}}},
        }
        for status in sorted({400, 422, 503, *statuses})
    }


def answer_problems(app: FastAPI) -> None:
    """Make every error of the app a problem document."""
    app.add_exception_handler(Problem, _problem)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _unexpected)


def response(problem: Problem, headers: Mapping[str, str] | None = None) -> JSONResponse:
    """Render a problem."""
    return JSONResponse(problem.body(), problem.status, headers=dict(headers or {}), media_type=MEDIA_TYPE)


async def _problem(_: Request, error: Exception) -> JSONResponse:
    if not isinstance(error, Problem):
        raise error
    return response(error, {"Retry-After": str(RETRY_AFTER_S)} if error.status == HTTPStatus.SERVICE_UNAVAILABLE else None)


async def _invalid(_: Request, error: Exception) -> JSONResponse:
    if not isinstance(error, RequestValidationError):
        raise error
    return response(invalid(error.errors()))


def invalid(found: Sequence[Mapping[str, Any]]) -> Problem:
    """Turn pydantic's findings into one problem that names them all."""
    errors = [
        FieldError(
            field=".".join(str(part) for part in finding["loc"] if part not in {"body", "query", "path", "header"}) or "body",
            code=finding["type"],
            message=finding["msg"].removeprefix("Value error, "),
        )
        for finding in found
    ]
    unreadable = any(error.code.endswith(UNREADABLE) for error in errors)
    status = HTTPStatus.BAD_REQUEST if unreadable else HTTPStatus.UNPROCESSABLE_ENTITY
    return Problem(status, "invalid-request", "; ".join(f"{error.field}: {error.message}" for error in errors), errors)


async def _http(_: Request, error: Exception) -> JSONResponse:
    if not isinstance(error, HTTPException):
        raise error
    slug = HTTPStatus(error.status_code).phrase.lower().replace(" ", "-").replace("'", "")
    return response(Problem(error.status_code, slug, str(error.detail)), error.headers)


async def _unexpected(request: Request, error: Exception) -> JSONResponse:
    if lost(error) or collided(error):
        log.warning("the database did not answer", path=request.url.path, error=repr(error)[:200])
        return await _problem(request, unavailable("The database does not answer right now; nothing was changed. Try again shortly."))
    log.error("unexpected error", path=request.url.path, exc_info=error)
    return response(Problem(500, "internal-error", "Something unexpected went wrong; it has been logged and nothing was changed."))
