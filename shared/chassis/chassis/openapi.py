"""The OpenAPI document, complete: problems instead of FastAPI's own errors, and the headers that answers carry."""

from typing import Any, Final

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from chassis.problems import ProblemDetails

REF: Final = "#/components/schemas/{model}"
REPLAYED: Final = {
    "Idempotent-Replayed": {
        "description": "`true` when this answer was given before to the same Idempotency-Key.",
        "schema": {"type": "string", "enum": ["true"]},
    }
}


def complete(app: FastAPI) -> None:
    """Make the app describe itself completely; the document is made once, when it is first asked for."""

    def describe() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _describe(app)
        return app.openapi_schema

    app.openapi = describe  # type: ignore[method-assign]


def _describe(app: FastAPI) -> dict[str, Any]:
    document = get_openapi(
        title=app.title,
        version=app.version,
        openapi_version=app.openapi_version,
        description=app.description,
        routes=app.routes,
        separate_input_output_schemas=app.separate_input_output_schemas,
    )
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    problem = ProblemDetails.model_json_schema(ref_template=REF)
    schemas.update(problem.pop("$defs"))
    schemas["ProblemDetails"] = problem
    for path in document["paths"].values():
        for operation in path.values():
            if any(parameter["name"].lower() == "idempotency-key" for parameter in operation.get("parameters", ())):
                _add_replayed(operation["responses"])
    document["components"]["schemas"] = dict(sorted(schemas.items()))
    return document


def _add_replayed(responses: dict[str, Any]) -> None:
    for status, response in responses.items():
        if status.startswith("2"):
            response.setdefault("headers", {}).update(REPLAYED)
