"""What in a newer description of an HTTP interface breaks a client of the older one: a table of rules and one comparison.

What a client sends has to be accepted as before: of requests the newer description may take more. What it receives has to be as
before: of answers the newer description may hold more fields, and no values that the older one ruled out.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal

Json = dict[str, Any]
Side = Literal["request", "response"]

RULES: Final = {
    "operation-removed": "a path or one of its methods is gone",
    "operation-renamed": "an operation has another operationId, by which generated clients call it",
    "credential-required": "a credential, or a right of it, is needed that was not",
    "parameter-removed": "a parameter is gone",
    "parameter-required": "a parameter has to be sent that did not have to be",
    "body-removed": "a request body, or one of its media types, is no longer taken",
    "body-required": "a request body has to be sent that did not have to be",
    "status-removed": "a status is no longer answered",
    "answer-removed": "an answer has lost its body, or one of its media types",
    "header-removed": "an answer has lost a header",
    "request-field-removed": "a field of a request is no longer taken",
    "request-field-required": "a field of a request has to be sent that did not have to be",
    "default-changed": "what is not sent is taken for something else",
    "request-narrowed": "a value is refused that was taken: another type, form or limit, or a word less",
    "response-field-removed": "a field of an answer is gone",
    "response-field-optional": "a field of an answer may be missing that was always there",
    "response-widened": "an answer may hold a value that it could not: another type, form or limit, or a word more",
}
"""What breaks a client, by the code that a break is named with."""

METHODS: Final = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
UPPER: Final = ("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties")
LOWER: Final = ("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties")
FORMS: Final = ("format", "pattern", "multipleOf", "uniqueItems")
PARTS: Final = ("items", "additionalProperties")
WIDER: Final = {("integer", "number")}
"""Types of which the second takes every value of the first."""


@dataclass(frozen=True, slots=True, order=True)
class Break:
    """A rule that is broken, and where."""

    rule: str
    place: str

    def __str__(self) -> str:
        """Write it in a line."""
        return f"{self.rule} at {self.place}: {RULES[self.rule]}"


def breaks(before: Json, after: Json) -> list[Break]:
    """Return everything in which ``after``, an OpenAPI 3.1 document, breaks clients of ``before``."""
    found: set[Break] = set()
    for path, item in before["paths"].items():
        for method in METHODS:
            if method in item:
                place = f"{method.upper()} {path}"
                other = after["paths"].get(path, {}).get(method)
                found.update(
                    [Break("operation-removed", place)] if other is None else _operation(item[method], other, place, before, after)
                )
    return sorted(found)


def _operation(old: Json, new: Json, place: str, before: Json, after: Json) -> Iterator[Break]:
    if old.get("operationId") not in {None, new.get("operationId")}:
        yield Break("operation-renamed", place)
    known, present = _credentials(old, before), _credentials(new, after)
    if not all(any(needed <= each for needed in present) for each in known):
        yield Break("credential-required", place)
    sent = Comparison("request", before, after)
    yield from _parameters(old, new, place, sent)
    yield from _bodies(old.get("requestBody"), new.get("requestBody"), place, sent)
    answered = Comparison("response", before, after)
    for status, answer in old["responses"].items():
        at = f"{place} → {status}"
        if status not in new["responses"]:
            yield Break("status-removed", at)
            continue
        was, now = answered.resolved(answer, new["responses"][status])
        yield from (Break("header-removed", f"{at} {name}") for name in was.get("headers", {}).keys() - now.get("headers", {}).keys())
        yield from _contents(was, now, at, "answer-removed", answered)


def _credentials(operation: Json, document: Json) -> list[frozenset[tuple[str, str]]]:
    """Return what may be presented to an operation: each a set of schemes with their rights, an empty one where nothing is needed."""
    stated = operation.get("security", document.get("security", ()))
    return [frozenset((scheme, right) for scheme in each for right in ("", *each[scheme])) for each in stated] or [frozenset()]


def _parameters(old: Json, new: Json, place: str, sent: "Comparison") -> Iterator[Break]:
    known = {(each["in"], each["name"]): each for each in old.get("parameters", ())}
    present = {(each["in"], each["name"]): each for each in new.get("parameters", ())}
    for (where, name), parameter in (known | present).items():
        at, was, now = f"{place} {where} {name}", known.get((where, name)), present.get((where, name))
        if now is None:
            yield Break("parameter-removed", at)
            continue
        if now.get("required") and not (was and was.get("required")):
            yield Break("parameter-required", at)
        if was is not None:
            if not was.get("required") and _defaults_differ(was.get("schema", {}), parameter.get("schema", {})):
                yield Break("default-changed", at)
            yield from sent.schemas(was.get("schema", {}), parameter.get("schema", {}), at)


def _bodies(old: Json | None, new: Json | None, place: str, sent: "Comparison") -> Iterator[Break]:
    if new is not None and new.get("required") and not (old and old.get("required")):
        yield Break("body-required", place)
    if old is not None:
        yield from _contents(old, new or {}, place, "body-removed", sent)


def _contents(old: Json, new: Json, place: str, removed: str, comparison: "Comparison") -> Iterator[Break]:
    for media_type, content in old.get("content", {}).items():
        other = new.get("content", {}).get(media_type)
        if other is None:
            yield Break(removed, f"{place} {media_type}")
        else:
            yield from comparison.schemas(content.get("schema", {}), other.get("schema", {}), place)


@dataclass(frozen=True, slots=True)
class Comparison:
    """Compares what the two documents state of a value that is sent or received."""

    side: Side
    before: Json
    after: Json
    under_way: set[tuple[int, int]] = field(default_factory=set[tuple[int, int]])
    """Objects that are being compared: a schema may hold itself."""
    combined: dict[tuple[int, int], tuple[Json, list[Json]]] = field(default_factory=dict[tuple[int, int], tuple[Json, list[Json]]])
    """The possibilities of each schema of a document, beside the schema: one that holds itself is combined once."""

    def resolved(self, old: Json, new: Json) -> tuple[Json, Json]:
        """Return what the two refer to."""
        return _resolve(old, self.before), _resolve(new, self.after)

    def schemas(self, old: Json, new: Json, place: str) -> Iterator[Break]:
        """Yield every break between two schemas."""
        was, now = self._choices(old, self.before), self._choices(new, self.after)
        if self.side == "request":  # whatever was sent has to be taken
            matches = [[list(self._single(one, other, place)) for other in now] for one in was]
        else:  # whatever is answered has to be something that could be answered
            matches = [[list(self._single(one, other, place)) for one in was] for other in now]
        for found in matches:
            yield from min(found, key=_weight)

    def _choices(self, schema: Json, document: Json) -> list[Json]:
        """Return what a value may be, one schema for each possibility and type; what has to fit several schemas is combined into one."""
        key = id(schema), id(document)
        if key in self.combined:
            return self.combined[key][1]
        whole = _resolve(schema, document)
        kinds = whole.get("type")
        if several := whole.get("anyOf", whole.get("oneOf")):
            found = [choice for each in several for choice in self._choices(each, document)]
        else:
            found = [{**whole, "type": kind} for kind in kinds] if isinstance(kinds, list) else [whole]
        for part in whole.get("allOf", ()):
            found = [both for one in found for other in self._choices(part, document) if (both := _combined(one, other)) is not None]
        self.combined[key] = schema, found
        return found

    def _single(self, old: Json, new: Json, place: str) -> Iterator[Break]:
        if self._is_changed(old, new):
            yield Break("request-narrowed" if self.side == "request" else "response-widened", place)
            return
        pair = (id(old.get("properties")), id(new.get("properties")))
        if "properties" in old and pair in self.under_way:
            return
        self.under_way.add(pair)
        yield from self._fields(old, new, place)
        for part in PARTS:
            if isinstance(old.get(part), dict) or isinstance(new.get(part), dict):
                yield from self.schemas(_any(old.get(part)), _any(new.get(part)), f"{place}[]")
        for one, other in zip(old.get("prefixItems", ()), new.get("prefixItems", ()), strict=False):
            yield from self.schemas(one, other, f"{place}[]")
        self.under_way.discard(pair)

    def _fields(self, old: Json, new: Json, place: str) -> Iterator[Break]:
        for name, schema in old.get("properties", {}).items():
            at = f"{place}.{name}"
            if name not in new.get("properties", {}):
                yield Break(f"{self.side}-field-removed", at)
                continue
            if self.side == "request" and name not in old.get("required", ()) and _defaults_differ(schema, new["properties"][name]):
                yield Break("default-changed", at)
            yield from self.schemas(schema, new["properties"][name], at)
        was, now = set(old.get("required", ())), set(new.get("required", ()))
        if self.side == "request":
            added = (now - was) | (_more_dependent(old, new) - was)
            yield from (Break("request-field-required", f"{place}.{name}") for name in added)
        else:
            lost = (was - now) | (_more_dependent(new, old) - now)
            yield from (Break("response-field-optional", f"{place}.{name}") for name in lost if name in new.get("properties", {}))

    def _is_changed(self, old: Json, new: Json) -> bool:
        """Whether a value that was sent may be refused, or one may be received that could not be."""
        narrow, wide = (old, new) if self.side == "request" else (new, old)
        return (
            not _is_among(narrow.get("type"), wide.get("type"))
            or not _words_are_among(narrow, wide)
            or any(key in wide and narrow.get(key) != wide[key] for key in FORMS)
            or any(key in wide and narrow.get(key, float("inf")) > wide[key] for key in UPPER)
            or any(key in wide and narrow.get(key, float("-inf")) < wide[key] for key in LOWER)
            or len(old.get("prefixItems", ())) != len(new.get("prefixItems", ()))
        )


def _resolve(schema: Json, document: Json) -> Json:
    while "$ref" in schema:
        schema = _at(document, schema["$ref"])
    return schema


def _at(document: Mapping[str, Any], reference: str) -> Json:
    found: Any = document
    for step in reference.removeprefix("#/").split("/"):
        found = found[step]
    return found


def _combined(one: Json, other: Json) -> Json | None:
    """Return the schema of what fits both, None where nothing does by its type."""
    kinds = {each["type"] for each in (one, other) if "type" in each}
    narrowest = [kind for kind in kinds if all(_is_among(kind, each) for each in kinds)]
    if kinds and not narrowest:
        return None
    both = one | other | ({"type": narrowest[0]} if narrowest else {})
    both |= {key: min(one[key], other[key]) for key in UPPER if key in one and key in other}
    both |= {key: max(one[key], other[key]) for key in LOWER if key in one and key in other}
    if "enum" in one and "enum" in other:
        both["enum"] = [word for word in one["enum"] if word in other["enum"]]
    both["required"] = [*one.get("required", ()), *other.get("required", ())]
    for several in ("properties", "dependentRequired"):
        was, further = one.get(several, {}), other.get(several, {})
        if was or further:
            join = _fitting_both if several == "properties" else list.__add__
            both[several] = {**was, **further, **{name: join(was[name], further[name]) for name in was.keys() & further.keys()}}
    both |= {part: _fitting_both(one[part], other[part]) for part in PARTS if _is_schema(one.get(part)) and _is_schema(other.get(part))}
    return {key: value for key, value in both.items() if key != "allOf"}


def _fitting_both(one: Json, other: Json) -> Json:
    return {"allOf": [one, other]}


def _more_dependent(less: Json, more: Json) -> set[str]:
    """Return the fields that the second schema needs where a field of the first is there, and the first does not."""
    known, fields = less.get("dependentRequired", {}), less.get("properties", {})
    needed = more.get("dependentRequired", {})
    return {name for given in needed.keys() & fields.keys() for name in needed[given] if name not in known.get(given, ())}


def _defaults_differ(old: Json, new: Json) -> bool:
    """Whether what is not sent is taken for another value; none that is stated is null."""
    return old.get("default") != new.get("default")


def _is_schema(part: object) -> bool:
    return isinstance(part, dict)


def _any(schema: object) -> Json:
    return schema if isinstance(schema, dict) else {}


def _is_among(narrow: str | None, wide: str | None) -> bool:
    return wide is None or narrow == wide or (narrow, wide) in WIDER


def _words_are_among(narrow: Json, wide: Json) -> bool:
    possible = [wide["const"]] if "const" in wide else wide.get("enum")
    words = [narrow["const"]] if "const" in narrow else narrow.get("enum")
    return possible is None or (words is not None and all(word in possible for word in words))


def _weight(found: Sequence[Break]) -> tuple[bool, int]:
    """Prefer the possibility that fits, then the one of the same type, then that with the fewest breaks."""
    return any(each.rule in {"request-narrowed", "response-widened"} for each in found), len(found)
