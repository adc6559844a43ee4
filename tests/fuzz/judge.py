"""What of a run is an error: read from the events that schemathesis writes down, each request with its answer and the checks of both."""

import base64
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

Json = dict[str, Any]

CHECKS: Final = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "negative_data_rejection",
)
"""Checks of schemathesis: no 5xx, nothing in an answer that is not described, no request that breaks its schema is taken."""
MALFORMED: Final = "/problems/invalid-request"
SHOWN: Final = 600
"""Characters of a request or an answer that are printed."""

EXEMPT: Final[dict[str, Callable[[Json], bool]]] = {
    "a whole number is not taken as 18.0, which JSON Schema takes for one": lambda error: error["code"] == "int_type",
    "a text of spaces and invisible characters is empty; minLength counts them": lambda error: error["code"] == "string_too_short",
    "the decimals of a number cannot be stated: multipleOf counts in binary fractions": lambda error: error["code"] == "decimal_max_places",
    "an instant of the first or the last day lies in other years by its offset, which a pattern cannot compute": lambda error: (
        error["code"] == "value_error" and error["message"].startswith("An instant lies between ")
    ),
    "a percentage is written as a text too, of which a schema cannot state that it is more than 0": lambda error: (
        (error["code"], error["field"]) == ("greater_than", "percent")
    ),
}
"""What is refused as malformed although the schema takes it, by the reason."""
UNKNOWN_QUERY: Final = "in query - object with unexpected properties"
"""A query parameter that nobody knows is ignored, as it is everywhere: links carry parameters of others."""


@dataclass(frozen=True, slots=True)
class Finding:
    """An error, by the request that shows it."""

    rule: str
    operation: str
    sent: str = ""
    answered: str = ""

    def __str__(self) -> str:
        """Write it on a few lines."""
        return "\n    ".join(filter(None, (f"{self.operation}: {self.rule}", self.sent[:SHOWN], self.answered[:SHOWN])))


@dataclass(slots=True)
class Verdict:
    """What a run has shown: its errors, one for each rule and operation, and how much was sent."""

    findings: dict[tuple[str, str], Finding] = field(default_factory=dict[tuple[str, str], Finding])
    statuses: Counter[int] = field(default_factory=Counter[int])
    operations: set[str] = field(default_factory=set[str])


def judge(events: Iterable[str]) -> Verdict:
    """Judge a run by its events, each a line of JSON."""
    verdict = Verdict()
    for line in events:
        [(kind, event)] = json.loads(line).items()
        found: Iterable[Finding] = ()
        if kind == "ScenarioFinished":
            found = _scenario(event["recorder"], verdict)
        elif kind in {"NonFatalError", "FatalError"}:
            found = [Finding("could not be tried", event.get("label", ""), answered=json.dumps(event))]
        for each in found:
            verdict.findings.setdefault((each.rule, each.operation), each)
    return verdict


def _scenario(recorder: Json, verdict: Verdict) -> Iterator[Finding]:
    for name, interaction in recorder.get("interactions", {}).items():
        response = interaction["response"]
        verdict.operations.add(recorder["label"])
        if response is None:
            yield Finding("was not answered", recorder["label"], _sent(interaction["request"]))
            continue
        verdict.statuses[response["status_code"]] += 1
        case = recorder["cases"][name]["value"]
        for rule in (*_checked(recorder["checks"].get(name, ())), *_refused_as_malformed(case, response)):
            yield Finding(rule, recorder["label"], _sent(interaction["request"]), f"{response['status_code']} {_text(response['content'])}")


def _checked(checks: Iterable[Json]) -> Iterator[str]:
    for check in checks:
        failure = check.get("failure_info", {}).get("failure")
        if failure is not None and check["name"] in CHECKS and UNKNOWN_QUERY not in failure["message"]:
            yield check["name"]


def _refused_as_malformed(case: Json, response: Json) -> Iterator[str]:
    """Yield why a request that fits its schema was refused as malformed; a rule has a code of its own, written with hyphens."""
    if case.get("meta", {}).get("generation", {}).get("mode") != "positive" or response["status_code"] not in {400, 422}:
        return
    problem = json.loads(_text(response["content"]))
    if problem["type"] != MALFORMED:
        return
    for error in problem["errors"]:
        if "-" not in error["code"] and not any(is_exempt(error) for is_exempt in EXEMPT.values()):
            yield f"{error['code']} although the schema takes it"
    if not problem["errors"]:
        yield "malformed without a field although the schema takes it"


def _sent(request: Json) -> str:
    return f"{request['method']} {request['uri']} {_text(request['body']) if request.get('body') else ''}"


def _text(content: Json | str | None) -> str:
    return base64.b64decode(content["$base64"]).decode(errors="replace") if isinstance(content, dict) else content or ""
