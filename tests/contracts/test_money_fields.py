"""Every amount and percentage that a service takes is written in plain digits, exactly as its OpenAPI document states."""

import re
from collections.abc import Iterable, Iterator
from decimal import Decimal
from functools import cache
from typing import Any, Final, get_args

import pytest
from fastapi import APIRouter
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from hypothesis import example, given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic.fields import FieldInfo
from servers.rights import SERVICES
from starlette.routing import BaseRoute
from testing.running import build

PLAIN: Final = re.compile(r"-?[0-9]{1,10}(\.[0-9]{1,2})?")
TAKES_MONEY: Final = ("catalog", "scheduling", "billing")
FIVE: Final = "\u0665"
"""A digit of another script, which ``Decimal`` reads."""
DIGITS: Final = f"0123456789{FIVE}\u096b \t\n_eE.,+-"


@cache
def money_fields(service: str) -> dict[str, TypeAdapter[Any]]:
    """Return every decimal of every request body and parameter, by its name."""
    app = build(service, database_url="postgresql+asyncpg://nowhere/none", broker_url="amqp://nowhere")
    found: dict[str, TypeAdapter[Any]] = {}
    for route in _routes(app.routes):
        for name, field in _taken(route):
            if _names(field.annotation, Decimal):
                found[name] = TypeAdapter(field.rebuild_annotation())
    return found


def _routes(routes: Iterable[BaseRoute]) -> Iterator[APIRoute]:
    for route in routes:
        if isinstance(route, APIRoute):
            yield route
        elif isinstance(included := getattr(route, "original_router", None), APIRouter):
            yield from _routes(included.routes)


def _taken(route: APIRoute) -> Iterator[tuple[str, FieldInfo]]:
    if route.body_field is not None:
        for model in _models(route.body_field.field_info.annotation):
            for name, field in model.model_fields.items():
                yield f"{model.__name__}.{name}", field
    yield from _parameters(route.dependant, route.name)


def _parameters(dependant: Dependant, route: str) -> Iterator[tuple[str, FieldInfo]]:
    for parameter in (*dependant.query_params, *dependant.path_params, *dependant.header_params):
        yield f"{route}({parameter.alias})", parameter.field_info
    for each in dependant.dependencies:
        yield from _parameters(each, route)


def _models(annotation: object) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
        for field in annotation.model_fields.values():
            yield from _models(field.annotation)
    for part in get_args(annotation):
        yield from _models(part)


def _names(annotation: object, wanted: type) -> bool:
    return annotation is wanted or any(_names(part, wanted) for part in get_args(annotation))


def test_amounts_are_found_where_services_take_them() -> None:
    found = {service: set(money_fields(service)) for service in SERVICES}
    assert [service for service in SERVICES if found[service]] == list(TAKES_MONEY)
    assert {"NewPayment.amount", "NewReplacement.rate_per_unit", "NewCoverage.copay", "NewDiscount.percent"} <= found["billing"]
    assert "read_fee_impact(amount)" in found["billing"]


@pytest.mark.parametrize("service", TAKES_MONEY)
@given(written=st.text(DIGITS, max_size=8) | st.text(max_size=8))
@example(written="1e1")
@example(written="1_0")
@example(written=FIVE)
@example(written=" 5")
@example(written="5\n")
@example(written="+5")
@example(written=".5")
@example(written="5.")
def test_what_the_documents_forbid_is_refused(service: str, written: str) -> None:
    if PLAIN.fullmatch(written):
        return
    for name, field in money_fields(service).items():
        if written.isascii() and not written.endswith("\n"):  # Python's patterns take more than JSON Schema's there
            assert not Draft202012Validator(field.json_schema()).is_valid(written), name
        assert not _takes(field, written), name


def _takes(field: TypeAdapter[Any], written: str) -> bool:
    try:
        field.validate_python(written)
    except ValidationError:
        return False
    return True
