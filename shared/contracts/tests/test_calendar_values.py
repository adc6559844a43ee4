"""Days, months, weeks and instants are read in one form each, within a calendar that leaves room at both ends."""

from typing import Any

import pytest
from contracts.types import Day, Instant, Month, Week
from pydantic import TypeAdapter, ValidationError

IN_FORM = [
    (Instant, "2026-03-02T14:00:00Z"),
    (Instant, "2026-03-02 14:00:00.25-05:00"),
    (Day, "1926-03-02"),
    (Day, "2024-02-29"),
    (Month, "2026-12"),
    (Week, "2026-W53"),
]
OUT_OF_FORM = [
    *((Instant, each) for each in ("1900000000.5", "1900000000", "-1.5", "1e9", "2026-03-02T14:00:00", "0001-01-01T00:00:00+23:59")),
    *((Instant, each) for each in ("9999-12-31T23:59:59-23:59", "٢٠٢٦-03-02T14:00:00Z", 1900000000, 1.5, None, "")),
    *((Day, each) for each in ("0001-01-01", "9999-12-31", "2026-02-30", "12/1", "2026-03-02T00:00:00", "1900000000", "٢٠٢٦-03-02", 5, "")),
    *((Month, each) for each in ("0000-01", "2026-13", "2026-1", "9999-12", "")),
    *((Week, each) for each in ("0001-W01", "2026-W54", "2026-W00", "9999-W01", "")),
]


@pytest.mark.parametrize(("kind", "value"), IN_FORM)
def test_what_is_in_form_is_read(kind: Any, value: object) -> None:  # noqa: ANN401 (any annotated type)
    TypeAdapter(kind).validate_python(value)


@pytest.mark.parametrize(("kind", "value"), OUT_OF_FORM)
def test_what_is_out_of_form_or_out_of_the_calendar_is_refused(kind: Any, value: object) -> None:  # noqa: ANN401 (any annotated type)
    with pytest.raises(ValidationError):
        TypeAdapter(kind).validate_python(value)
