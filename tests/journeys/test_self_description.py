"""Every service states what it can do, how it refuses, and whether it can work now."""

import re
from collections.abc import Iterator
from typing import Final

import pytest
from httpx import AsyncClient
from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.validators import validator_for
from support.clinic import Json

SERVICES: Final = ("catalog", "rooms", "scheduling", "billing")
METHODS: Final = {"get", "put", "post", "delete", "patch", "head", "options", "trace"}
OPERATIONS: Final = {"healthz", "readyz", "metrics"}
"""Not for people who book: they refuse nothing."""
WRITTEN_DOWN_FIRST: Final = {"print_statement", "use_diagnoses"}
"""What they are requested may be unknown: the answer (422) names what has to be written down first."""


@pytest.mark.parametrize("service", SERVICES)
async def test_a_service_describes_itself_in_valid_openapi(http: AsyncClient, service: str) -> None:
    document = (await http.get(f"/api/{service}/openapi.json")).raise_for_status().json()
    assert document["openapi"].startswith("3.1.")
    assert {"title", "version"} <= document["info"].keys()
    for reference in references(document):
        assert resolves(document, reference), reference
    for name, schema in document["components"]["schemas"].items():
        validator_for(schema, default=Draft202012Validator).check_schema(schema)
        for example in schema.get("examples", []):
            complete = {**schema, "components": document["components"]}
            errors = [error.message for error in Draft202012Validator(complete, format_checker=FormatChecker()).iter_errors(example)]
            assert errors == [], f"the example of {name}"
    names = [operation["operationId"] for _, _, operation in operations(document)]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("service", SERVICES)
async def test_every_operation_says_what_it_answers_and_how_it_refuses(http: AsyncClient, service: str) -> None:
    document = (await http.get(f"/api/{service}/openapi.json")).json()
    for method, path, operation in operations(document):
        where = f"{method} {path}"
        assert operation["summary"], where
        assert any(status.startswith("2") for status in operation["responses"]), where
        if operation["operationId"] in OPERATIONS:
            continue
        refusals = {status: answer for status, answer in operation["responses"].items() if status[0] in "45"}
        assert {"400", "422", "503"} <= refusals.keys(), where
        writes_down_what_was_not_there = method == "put"
        needs_none = "by-" in path or writes_down_what_was_not_there or operation["operationId"] in WRITTEN_DOWN_FIRST
        assert "{" not in path or "404" in refusals or needs_none, where
        for status, answer in refusals.items():
            assert list(answer["content"]) == ["application/problem+json"], f"{where} {status}"
            assert answer["content"]["application/problem+json"]["schema"] == {"$ref": "#/components/schemas/ProblemDetails"}, where
        declared = {parameter["name"] for parameter in operation.get("parameters", []) if parameter["in"] == "path"}
        assert declared == set(re.findall(r"{(\w+)}", path)), where


@pytest.mark.parametrize("service", SERVICES)
async def test_a_service_says_whether_it_can_work(http: AsyncClient, service: str) -> None:
    ready = await http.get(f"/api/{service}/readyz")
    assert (ready.status_code, ready.json()["checks"]["database"], ready.json()["checks"]["broker"]) == (200, "answers", "answers")
    assert (await http.get(f"/api/{service}/healthz")).json() == {"status": "alive"}
    metrics = await http.get(f"/api/{service}/metrics")
    assert metrics.headers["content-type"].startswith("text/plain")
    for name in ("outbox_messages", "outbox_oldest_seconds", "parked_messages", "batch_size", "http_request_seconds"):
        assert f"holdfast_{name}" in metrics.text, name


@pytest.mark.parametrize("service", SERVICES)
async def test_the_pages_of_a_service_work_behind_the_front_as_they_do_without_it(http: AsyncClient, service: str) -> None:
    page = (await http.get(f"/api/{service}/docs")).raise_for_status()
    assert page.headers["content-type"].startswith("text/html")
    assert re.findall(r"url: '(.*)'", page.text) == ["openapi.json"]
    for asset in re.findall(r'(?:src|href)="([^"]+)"', page.text):
        assert "//" not in asset, "a clinic's network may reach nothing else"
        assert (await http.get(page.url.join(asset))).status_code == 200, asset
    document = (await http.get(page.url.join("openapi.json"))).raise_for_status()
    [server] = document.json()["servers"]
    assert document.url.join(server["url"]).path == f"/api/{service}/"


async def test_the_front_answers_for_itself(http: AsyncClient) -> None:
    assert (await http.get("/healthz")).status_code == 200
    assert (await http.get("/")).status_code == 200
    nobody = await http.get("/api/nobody/services")
    assert (nobody.status_code, nobody.headers["content-type"], nobody.json()["status"]) == (404, "application/problem+json", 404)


def operations(document: Json) -> Iterator[tuple[str, str, Json]]:
    for path, item in document["paths"].items():
        for method in METHODS & item.keys():
            yield method, path, item[method]


def references(node: object) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        for value in node.values():
            yield from references(value)
    elif isinstance(node, list):
        for value in node:
            yield from references(value)


def resolves(document: Json, reference: str) -> bool:
    node: object = document
    for part in reference.removeprefix("#/").split("/"):
        if not isinstance(node, dict) or part not in node:
            return False
        node = node[part]
    return True
