"""The OpenAPI document is complete: names, problems and headers, and nothing that no answer has."""

import threading
from typing import Any, Final

import pytest
from chassis.http import openapi
from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient
from pydantic import SecretStr
from toy import Settings, build

ANYWHERE: Final = Settings(database_url=SecretStr("postgresql+asyncpg://nowhere/toy"), broker_url=SecretStr("amqp://nowhere"))


@pytest.fixture
def document() -> dict[str, Any]:
    return build(ANYWHERE).openapi()


@pytest.mark.parametrize(("method", "path", "status"), [("GET", "/openapi.json", 200), ("PROPFIND", "/lamps", 405)])
async def test_the_document_is_made_in_another_thread(method: str, path: str, status: int, monkeypatch: pytest.MonkeyPatch) -> None:
    threads: list[threading.Thread] = []
    describe = openapi._describe  # noqa: SLF001 (nothing else shows where it is made)

    def noted(app: FastAPI) -> dict[str, Any]:
        threads.append(threading.current_thread())
        return describe(app)

    monkeypatch.setattr(openapi, "_describe", noted)
    async with AsyncClient(transport=ASGITransport(build(ANYWHERE)), base_url="http://test") as client:
        answers = [await client.request(method, path) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [status] * 2
    assert len(threads) == 1
    assert threads[0] is not threading.main_thread()


def test_problems_are_problem_documents_and_nothing_else(document: dict[str, Any]) -> None:
    assert document["openapi"].startswith("3.1")
    for path, operations in document["paths"].items():
        for operation in operations.values():
            for status, answer in operation["responses"].items():
                if int(status) >= 400:
                    assert list(answer["content"]) == ["application/problem+json"], (path, status)
                    assert answer["content"]["application/problem+json"]["schema"] == {"$ref": "#/components/schemas/ProblemDetails"}


def test_frameworks_own_errors_are_not_described(document: dict[str, Any]) -> None:
    assert "HTTPValidationError" not in document["components"]["schemas"]
    assert {"ProblemDetails", "FieldError"} <= set(document["components"]["schemas"])


def test_every_reference_leads_somewhere(document: dict[str, Any]) -> None:
    def references(part: object) -> list[str]:
        if isinstance(part, dict):
            own = [part["$ref"]] if isinstance(part.get("$ref"), str) else []
            return own + [found for value in part.values() for found in references(value)]
        return [found for value in part for found in references(value)] if isinstance(part, list) else []

    found = references(document)
    assert found
    assert {reference.rpartition("/")[2] for reference in found} <= set(document["components"]["schemas"])


def test_every_operation_has_a_name_a_tag_and_a_summary(document: dict[str, Any]) -> None:
    operations = [operation for path in document["paths"].values() for operation in path.values()]
    names = [operation["operationId"] for operation in operations]
    assert len(set(names)) == len(names)
    assert "add_lamp" in names
    assert all(operation["tags"] and operation["summary"] for operation in operations)


def test_a_body_may_be_too_large(document: dict[str, Any]) -> None:
    assert "413" in document["paths"]["/lamps"]["post"]["responses"]
    assert "413" not in document["paths"]["/lamps"]["get"]["responses"]


def test_the_document_and_its_page_work_under_any_prefix(document: dict[str, Any]) -> None:
    assert [server["url"] for server in document["servers"]] == ["."]


def test_an_example_keeps_its_nulls(document: dict[str, Any]) -> None:
    [example] = document["components"]["schemas"]["LampView"]["examples"]
    assert (example["name"], example["shade"]) == ("hall", None)


def test_headers_are_described(document: dict[str, Any]) -> None:
    created = document["paths"]["/lamps"]["post"]["responses"]["201"]
    assert "Idempotent-Replayed" in created["headers"]
    assert "headers" not in document["paths"]["/lamps"]["get"]["responses"]["200"]
    assert list(document["paths"]["/patience"]["get"]["responses"]["200"]["headers"]) == ["Preference-Applied"]
    renamed = document["paths"]["/lamps/{lamp_id}"]["patch"]["parameters"]
    assert {parameter["name"] for parameter in renamed} == {"lamp_id", "if-match", "idempotency-key"}
