"""What a published version promises: it never loses, renames or retypes a field; it may gain optional ones.

Limits and enumerations belong to the type, because readers are strict: a wider one would be parked by those who
read the narrower one.
"""

from typing import Any, Final

Json = dict[str, Any]

WORDS: Final = {"$schema", "$id", "$defs", "title", "description", "examples", "default"}
"""What a schema says to people; it may change."""


def broken_promises(published: Json, present: Json) -> list[str]:
    """Name every way in which the present schema breaks what the published one promised."""
    return _compare("data", published, present, published.get("$defs", {}), present.get("$defs", {}))


def _compare(path: str, before: Json, after: Json, before_defs: Json, after_defs: Json) -> list[str]:
    before, after = _resolve(before, before_defs), _resolve(after, after_defs)
    found: list[str] = []
    old, new = before.get("properties", {}), after.get("properties", {})
    if old or new:
        found += [f"{path}.{name} is gone" for name in old.keys() - new.keys()]
        found += [f"{path}.{name} is new and not optional" for name in new.keys() - old.keys() if name in after.get("required", ())]
        for name in old.keys() & new.keys():
            found += _compare(f"{path}.{name}", old[name], new[name], before_defs, after_defs)
        found += [
            f"{path}.{name} became optional" for name in set(before.get("required", ())) - set(after.get("required", ())) if name in new
        ]
    for part in ("items", "additionalProperties"):
        if isinstance(before.get(part), dict) and isinstance(after.get(part), dict):
            found += _compare(f"{path}[]", before[part], after[part], before_defs, after_defs)
    for choice in ("anyOf", "prefixItems"):
        if len(before.get(choice, ())) == len(after.get(choice, ())):
            for one, other in zip(before.get(choice, ()), after.get(choice, ()), strict=True):
                found += _compare(path, one, other, before_defs, after_defs)
    if _type(before) != _type(after):
        found.append(f"{path} changed its type")
    return sorted(found)


def _resolve(schema: Json, definitions: Json) -> Json:
    name = schema.get("$ref", "").rpartition("/")[2]
    return definitions[name] if name else schema


def _type(schema: Json) -> Json:
    """Keep what a value must be, without the parts that are compared one by one."""
    parts = {"properties", "required", "items", "additionalProperties", "anyOf", "prefixItems"}
    counted = {f"{part} count": len(schema[part]) for part in ("anyOf", "prefixItems") if part in schema}
    return {key: value for key, value in schema.items() if key not in WORDS | parts} | counted
