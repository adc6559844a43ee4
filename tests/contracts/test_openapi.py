"""Every service's OpenAPI document is complete and follows the conventions that all share."""

from collections.abc import Iterator
from http import HTTPStatus
from typing import Any, Final

import pytest
from contracts.types import DAY, DAY_SINCE_2000, INSTANT
from httpx import ASGITransport, AsyncClient
from jsonschema import Draft202012Validator, FormatChecker
from servers.rights import EVERY_SERVICE
from support.repository import description
from testing.running import build

METHODS: Final = {"get", "post", "put", "patch", "delete"}

NOWHERE: Final = {"database_url": "postgresql+asyncpg://nowhere/none", "broker_url": "amqp://nowhere", "encryption_keys": "-" * 24}

every_service = pytest.mark.parametrize("service", EVERY_SERVICE)


def operations(described: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, item in described["paths"].items():
        for method, operation in item.items():
            if method in METHODS:
                yield f"{method.upper()} {path}", operation


@every_service
def test_every_operation_has_a_name_of_its_own_a_tag_and_a_summary(service: str) -> None:
    found = dict(operations(description(service)))
    names = [operation["operationId"] for operation in found.values()]
    assert len(set(names)) == len(names)
    assert [name for name, operation in found.items() if not operation.get("tags") or not operation.get("summary")] == []
    assert [name for name in names if "__" in name] == []


@every_service
def test_every_error_is_a_problem_document(service: str) -> None:
    described = description(service)
    assert "HTTPValidationError" not in described["components"]["schemas"]
    for name, operation in operations(described):
        for status, answer in operation["responses"].items():
            if int(status) >= 400:
                assert list(answer["content"]) == ["application/problem+json"], (name, status)


@every_service
def test_every_success_has_a_described_shape(service: str) -> None:
    for name, operation in operations(description(service)):
        for status, answer in operation["responses"].items():
            if status.startswith("2") and "application/json" in answer.get("content", {}):
                assert answer["content"]["application/json"]["schema"], name


@every_service
def test_every_body_has_an_example(service: str) -> None:
    described = description(service)
    for name, operation in operations(described):
        for media_type, content in operation.get("requestBody", {}).get("content", {}).items():
            assert "example" in content or has_examples(described, content["schema"]), (name, media_type)


@every_service
def test_every_answer_has_an_example(service: str) -> None:
    described = description(service)
    for name, operation in operations(described):
        for status, answer in operation["responses"].items():
            content = answer.get("content", {}).get("application/json")
            if status.startswith("2") and content and "operations" not in operation["tags"]:
                assert "example" in content or has_examples(described, content["schema"]), name


def schemas(part: Any) -> Iterator[dict[str, Any]]:  # noqa: ANN401 (any JSON)
    """Yield every schema of a part of a document, those of components and those that operations have of their own."""
    if isinstance(part, list):
        for each in part:
            yield from schemas(each)
    elif isinstance(part, dict):
        for name, each in part.items():
            if name == "schema":
                yield each
            elif name == "schemas":
                yield from each.values()
            elif name not in {"example", "examples"}:
                yield from schemas(each)


def texts(schema: Any) -> Iterator[dict[str, Any]]:  # noqa: ANN401 (any JSON)
    if isinstance(schema, list):
        for each in schema:
            yield from texts(each)
    elif isinstance(schema, dict):
        if schema.get("type") == "string":
            yield schema
        for each in schema.values():
            yield from texts(each)


@every_service
def test_every_schema_is_one_of_json_schema_2020_12(service: str) -> None:
    for schema in schemas(description(service)):
        Draft202012Validator.check_schema(schema)


@every_service
def test_every_day_and_moment_states_between_which_years_it_lies(service: str) -> None:
    described = description(service)
    named = {name: schema for name, schema in described["components"]["schemas"].items() if name != "NamedTime"}  # of any calendar
    parts = [{"schemas": named}, described["paths"]]
    found = [text for schema in schemas(parts) for text in texts(schema) if text.get("format") in {"date", "date-time"}]
    assert found
    assert [text for text in found if text.get("pattern") not in {DAY, DAY_SINCE_2000, INSTANT}] == []


@every_service
def test_every_example_is_valid(service: str) -> None:
    described = description(service)
    for name, schema in described["components"]["schemas"].items():
        validator = Draft202012Validator({**schema, "components": described["components"]}, format_checker=FormatChecker())
        for example in schema.get("examples", ()):
            assert [error.message for error in validator.iter_errors(example)] == [], name


def has_examples(described: dict[str, Any], schema: dict[str, Any]) -> bool:
    """Return whether what this names, one of its choices, or the items of the list that it names, has examples."""
    named = described["components"]["schemas"][schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema
    items = named.get("properties", {}).get("items", {}).get("items")
    if any(has_examples(described, choice) for choice in schema.get("anyOf", ())):
        return True
    return bool(named.get("examples")) or (items is not None and has_examples(described, items))


@every_service
def test_a_body_states_that_keys_of_another_form_than_its_keys_have_are_refused(service: str) -> None:
    described = description(service)
    bodies = [
        content["schema"]
        for _, operation in operations(described)
        for content in operation.get("requestBody", {}).get("content", {}).values()
    ]
    open_maps = [
        part for body in bodies for part in parts_of(described, body) if "patternProperties" in part and "additionalProperties" not in part
    ]
    assert open_maps == []


def parts_of(described: dict[str, Any], part: object) -> Iterator[dict[str, Any]]:
    """Yield every object of a schema and of the schemas that it names."""
    if isinstance(part, dict):
        yield part
        if "$ref" in part:
            yield from parts_of(described, described["components"]["schemas"][part["$ref"].rpartition("/")[2]])
    for inner in part.values() if isinstance(part, dict) else part if isinstance(part, list) else ():
        yield from parts_of(described, inner)


@every_service
def test_creating_and_changing_can_be_repeated_safely(service: str) -> None:
    for name, operation in operations(description(service)):
        headers = {parameter["name"].lower() for parameter in operation.get("parameters", ()) if parameter["in"] == "header"}
        if name.startswith("POST") and "201" in operation["responses"]:
            assert "idempotency-key" in headers, name
        if name.startswith("PATCH"):
            assert "if-match" in headers, name
            assert "412" in operation["responses"], name


@every_service
async def test_a_method_that_a_path_does_not_have_is_answered_with_those_that_it_has(service: str) -> None:
    app = build(service, **NOWHERE)
    async with AsyncClient(transport=ASGITransport(app), base_url="http://test") as client:
        for path, item in app.openapi()["paths"].items():
            answer = await client.request("PROPFIND", path)
            assert answer.status_code == HTTPStatus.METHOD_NOT_ALLOWED, path
            assert answer.headers["allow"].split(", ") == sorted(method.upper() for method in item), path
