"""A service's OpenAPI document as schemathesis can use all of it: no less is promised in it, and nothing else."""

from collections.abc import Iterator
from typing import Any, Final

Json = dict[str, Any]

SENDABLE: Final = {"application/json", "text/csv", "multipart/form-data"}
"""Media types of bodies that schemathesis writes; whatever takes another one takes it in a form as well."""
ENDLESS: Final = "/events"
"""A stream does not end."""


def usable(document: Json) -> Json:
    """Return the document without streams and without bodies that cannot be written."""
    paths = {path: dict(_operations(item)) for path, item in document["paths"].items() if not path.endswith(ENDLESS)}
    return _without_tuples({**document, "paths": paths})


def _operations(item: Json) -> Iterator[tuple[str, Json]]:
    for method, operation in item.items():
        body = operation.get("requestBody")
        if body is None:
            yield method, operation
        else:
            content = {media_type: each for media_type, each in body["content"].items() if media_type in SENDABLE}
            yield method, {**operation, "requestBody": {**body, "content": content}}


def _without_tuples(part: Any) -> Any:  # noqa: ANN401 (any JSON)
    """Write ``prefixItems`` that are all alike as ``items``: schemathesis 4.32 takes its own rewriting of them for an invalid schema."""
    if isinstance(part, list):
        return [_without_tuples(each) for each in part]
    if not isinstance(part, dict):
        return part
    plain = {key: _without_tuples(value) for key, value in part.items()}
    first, *others = plain.get("prefixItems") or [None]
    if first is not None and all(each == first for each in others) and plain.get("maxItems") == len(others) + 1:
        del plain["prefixItems"]
        plain["items"] = first
    return plain
