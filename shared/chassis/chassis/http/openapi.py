"""The OpenAPI document, complete: problems instead of FastAPI's own errors, and the headers that answers carry.

It and its page name nothing but what stands beside them, so that they work under any prefix of a front.
"""

from collections.abc import Iterator
from http import HTTPStatus
from importlib.resources import files
from typing import Any, Final

import fastapi_swagger
from contracts.types import EARLIEST, FIRST_DAY, LAST_DAY, LATEST
from fastapi import FastAPI, Response
from fastapi.encoders import jsonable_encoder
from fastapi.openapi.docs import get_swagger_ui_html
from fastapi.openapi.utils import get_openapi
from fastapi.responses import HTMLResponse, RedirectResponse
from fastapi.routing import iter_route_contexts
from fastapi.staticfiles import StaticFiles
from pydantic import BaseModel
from pydantic_core import to_json

from chassis.bodies.models import Body, View
from chassis.errors import LISTED_AT_MOST
from chassis.files.threads import in_thread
from chassis.http.limits import LARGEST_BODY, LARGEST_JSON
from chassis.http.problems import MEDIA_TYPE, ProblemDetails, documented
from chassis.rows.paging import Page

SWAGGER: Final = files(fastapi_swagger) / "resources"
"""The page's script and style, served from here: a closed network reaches nothing else."""
TOO_LARGE: Final = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
REF: Final = "#/components/schemas/{model}"
HERE: Final = [{"url": ".", "description": "where this document stands"}]
EVERYWHERE: Final = f"""
Every refusal is a problem document (`{MEDIA_TYPE}`, RFC 9457). A path that is not named here answers 404, another method than those
that are named 405, and a body of JSON of more than {LARGEST_JSON // 1024} KiB, or a file of more than
{LARGEST_BODY // 1024 // 1024} MiB, 413. A problem document lists at most {LISTED_AT_MOST} errors and counts the others in `errors_omitted`.
A day lies between {FIRST_DAY} and {LAST_DAY}, and a moment between {EARLIEST:%Y} and {LATEST:%Y}.
"""
REPLAYED: Final = {
    "Idempotent-Replayed": {
        "description": "`true` when this answer was given before to the same Idempotency-Key.",
        "schema": {"type": "string", "enum": ["true"]},
    }
}

APPLIED: Final = {
    "Preference-Applied": {
        "description": "The `wait` of the request's Prefer as it was applied, in seconds; absent when there was none that could be read.",
        "schema": {"type": "string", "pattern": "^wait=[0-9]+$", "examples": ["wait=30"]},
    }
}
TOKEN: Final = {
    "token": {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "JWT",
        "description": "An access token of the issuer that the service is told. Where it is told none, nobody needs one.",
    }
}
OPTIONAL: Final[list[dict[str, list[str]]]] = [{}, {"token": []}]
ANSWERED: Final = {"idempotency-key": REPLAYED, "prefer": APPLIED}
"""What an answer may carry where the request may carry this header."""


def complete(app: FastAPI) -> None:
    """Make the app describe itself completely, also on a page; its document is made once, beside the event loop."""

    def describe() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _describe(app)
        return app.openapi_schema

    app.openapi = describe  # type: ignore[method-assign]

    @app.get("/openapi.json", include_in_schema=False)
    async def document() -> Response:
        return Response(await in_thread(lambda: to_json(app.openapi())), media_type="application/json")

    @app.get("/", include_in_schema=False)
    async def root() -> RedirectResponse:
        return RedirectResponse("docs")

    @app.get("/docs", include_in_schema=False)
    async def docs() -> HTMLResponse:
        return get_swagger_ui_html(
            openapi_url="openapi.json",
            title=app.title,
            swagger_js_url="docs/assets/swagger-ui-bundle.js",
            swagger_css_url="docs/assets/swagger-ui.css",
            swagger_favicon_url="docs/assets/favicon-32x32.png",
        )

    app.mount("/docs/assets", StaticFiles(directory=str(SWAGGER)), name="assets")


def _describe(app: FastAPI) -> dict[str, Any]:
    document = get_openapi(
        title=app.title,
        version=app.version,
        openapi_version=app.openapi_version,
        description=f"{app.description}\n{EVERYWHERE}",
        routes=app.routes,
        servers=HERE,
        separate_input_output_schemas=app.separate_input_output_schemas,
    )
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    problem = ProblemDetails.model_json_schema(ref_template=REF)
    schemas.update(problem.pop("$defs"))
    schemas["ProblemDetails"] = problem
    _give_back_nulls(schemas)
    for route in iter_route_contexts(app.routes):
        for method in route.methods or ():
            operation = document["paths"].get(route.path_format, {}).get(method.lower())
            if operation is not None:
                _give_back_examples(operation["responses"], route.responses)
    for path in document["paths"].values():
        for operation in path.values():
            for parameter in operation.get("parameters", ()):
                _add_headers(operation["responses"], ANSWERED.get(parameter["name"].lower(), {}))
            if "requestBody" in operation:
                operation["responses"][str(TOO_LARGE.value)] = documented(TOO_LARGE)[TOO_LARGE]
    document["components"]["schemas"] = dict(sorted(schemas.items()))
    document["components"]["securitySchemes"] = TOKEN
    document["security"] = OPTIONAL
    return document


def _subclasses(model: type[BaseModel]) -> Iterator[type[BaseModel]]:
    for subclass in model.__subclasses__():
        yield subclass
        yield from _subclasses(subclass)


def _give_back_nulls(schemas: dict[str, Any]) -> None:
    """Show the examples of bodies and views as they were written: FastAPI leaves out whatever is null in them."""
    for model in (*_subclasses(Body), *_subclasses(View), *_subclasses(Page)):
        extra, schema = model.model_config.get("json_schema_extra"), schemas.get(model.__name__, {})
        written = extra.get("examples") if isinstance(extra, dict) else None
        if written and schema.get("examples") == jsonable_encoder(written, exclude_none=True):
            schema["examples"] = written


def _give_back_examples(responses: dict[str, Any], written: dict[int | str, dict[str, Any]]) -> None:
    """Show the examples of answers as they were written, too."""
    for status, answer in written.items():
        for media_type, content in answer.get("content", {}).items():
            if "example" in content:
                responses[str(status)]["content"][media_type]["example"] = content["example"]


def _add_headers(responses: dict[str, Any], headers: dict[str, Any]) -> None:
    for status, response in responses.items():
        if headers and status.startswith("2"):
            response.setdefault("headers", {}).update(headers)
