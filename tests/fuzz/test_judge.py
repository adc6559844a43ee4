"""The judge of `make fuzz` finds what breaks the description of a service, and lets pass what does not."""

import base64
import json
from typing import Any, Final

import pytest

from fuzz.described import usable
from fuzz.judge import judge

Json = dict[str, Any]
TAKEN: Final = {"status": 201, "body": {"id": "1"}}


def refused(slug: str, *codes: str, status: int = 422, message: str = "No.") -> Json:
    errors = [{"field": "starts_at", "code": code, "message": message} for code in codes]
    return {"status": status, "body": {"type": f"/problems/{slug}", "status": status, "errors": errors}}


def event(answer: Json, mode: str = "positive", **failed: str) -> str:
    content = {"$base64": base64.b64encode(json.dumps(answer["body"]).encode()).decode()}
    checks = [{"name": name, "status": "failure", "failure_info": {"failure": {"message": message}}} for name, message in failed.items()]
    recorder = {
        "label": "POST /rooms",
        "cases": {"a": {"value": {"meta": {"generation": {"mode": mode}}}}},
        "checks": {"a": checks},
        "interactions": {
            "a": {
                "request": {"method": "POST", "uri": "http://127.0.0.1/rooms", "body": None},
                "response": {"status_code": answer["status"], "content": content},
            }
        },
    }
    return json.dumps({"ScenarioFinished": {"recorder": recorder}})


@pytest.mark.parametrize(
    "line",
    [
        event({"status": 500, "body": {}}, not_a_server_error="Server error"),
        event({"status": 418, "body": {}}, status_code_conformance="Undocumented HTTP status code"),
        event(TAKEN, content_type_conformance="Undocumented Content-Type"),
        event(TAKEN, response_schema_conformance="Response violates schema"),
        event(TAKEN, "negative", negative_data_rejection="Invalid component: in body - a field less"),
        event(refused("invalid-request", "uuid_parsing", status=400)),
        event(refused("invalid-request", "impossible-time", "value_error")),
        event(refused("invalid-request")),
        json.dumps({"NonFatalError": {"label": "POST /rooms", "value": {}}}),
    ],
)
def test_what_breaks_the_description_is_found(line: str) -> None:
    [finding] = judge([line]).findings.values()
    assert str(finding).startswith("POST /rooms: ")


@pytest.mark.parametrize(
    "line",
    [
        event(TAKEN, positive_data_acceptance="judged by its answer instead"),
        event(refused("unknown-site", "unknown-site"), positive_data_acceptance="Valid data should have been accepted"),
        event(refused("stale-version", status=412)),
        event(refused("invalid-request", "impossible-time", "ambiguous-start")),
        event(refused("invalid-request", "int_type", status=400)),
        event(refused("invalid-request", "value_error", message="An instant lies between 2000 and 2200.")),
        event(refused("invalid-request", "uuid_parsing", status=400), "negative"),
        event(TAKEN, "negative", negative_data_rejection="Invalid component: in query - object with unexpected properties"),
    ],
)
def test_rules_and_what_a_schema_cannot_state_are_no_errors(line: str) -> None:
    verdict = judge([line])
    assert not verdict.findings
    assert verdict.statuses.total() == 1
    assert verdict.operations == {"POST /rooms"}


def test_an_error_is_shown_once_for_each_operation() -> None:
    broken = event(TAKEN, response_schema_conformance="Response violates schema")
    assert len(judge([broken, broken]).findings) == 1


def test_the_document_that_is_tried_has_all_but_streams_and_bodies_that_nobody_can_write() -> None:
    time = {"type": "string"}
    span = {"type": "array", "prefixItems": [time, time], "minItems": 2, "maxItems": 2}
    body = {"content": {"application/edi-x12": {"schema": time}, "multipart/form-data": {"schema": span}}}
    document = usable({"paths": {"/remittances": {"post": {"requestBody": body}, "get": {}}, "/events": {"get": {}}}})
    alike = {"type": "array", "items": time, "minItems": 2, "maxItems": 2}
    content = {"multipart/form-data": {"schema": alike}}
    assert document == {"paths": {"/remittances": {"post": {"requestBody": {"content": content}}, "get": {}}}}
