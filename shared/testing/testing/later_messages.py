"""Messages as other versions write them: with fields and words that are unknown here, and without fields that are optional."""

from typing import Any

from contracts.message import Message
from contracts.published import sample, schema
from hypothesis import strategies as st

Json = dict[str, Any]

OTHER_VALUES = st.sampled_from(("postponed", "x", "a_word_of_another_version"))
ADDED = st.sampled_from(({}, {"added_later": {"deep": [1]}}, {"added_later": None, "added_too": ["x"]}))


@st.composite
def later_data(draw: st.DrawFn, message: type[Message]) -> Json:
    """Draw the data of a message: its golden sample, changed in every way in which a published version may change."""
    described = schema(message)
    return _changed(draw, sample(message)["data"], described, described.get("$defs", {}))


def _changed(draw: st.DrawFn, value: Any, described: Json, definitions: Json) -> Any:  # noqa: ANN401 (any JSON)
    described = definitions[described["$ref"].rpartition("/")[2]] if "$ref" in described else described
    if "anyOf" in described:
        [choice] = [each for each in described["anyOf"] if each.get("type") != "null"]
        is_left_out = value is None and ("$ref" not in choice or draw(st.booleans()))
        return None if is_left_out else _changed(draw, value, choice, definitions)
    if "enum" in described:
        return draw(st.sampled_from(described["enum"]) | OTHER_VALUES)
    if "properties" in described and value is not None:
        kept = [name for name in value if name in described.get("required", ()) or draw(st.booleans())]
        fields = {name: _changed(draw, value[name], described["properties"][name], definitions) for name in kept}
        return {**fields, **draw(ADDED)}
    if "items" in described and value is not None:
        return [_changed(draw, each, described["items"], definitions) for each in value]
    return value
