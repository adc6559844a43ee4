"""What the platform refuses of the demonstration network is told, unless that is to be expected."""

from collections import defaultdict
from datetime import date
from typing import cast

import pytest
from demo.front import Front, RefusedError
from demo.load import Network, book_all
from demo.network import FOR_TWO
from demo.plan import plan


class Refusing:
    """A platform that refuses every booking for a reason."""

    def __init__(self, code: str) -> None:
        """Refuse with this code."""
        self.code = code

    async def post(self, path: str, *_: object, **__: object) -> None:
        raise RefusedError(path, 422, {"errors": [{"code": self.code}]})


@pytest.mark.parametrize(("code", "surprises"), [("short-notice", 0), ("closed", 1)])
async def test_a_rule_that_the_clinic_had_before_is_no_surprise(code: str, surprises: int) -> None:
    ids = defaultdict[str, str](str)
    network = Network(date.today(), ids, ids, ids, ids, ids)  # noqa: DTZ011 (any day)
    [visit] = [one for one in plan(date.today()).visits if one.service_code not in FOR_TWO and not one.wants_room_of][-1:]  # noqa: DTZ011
    assert await book_all(cast("Front", Refusing(code)), network, [visit]) == 0
    assert len(network.surprises) == surprises
