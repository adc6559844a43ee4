"""What billing does with words of messages that it does not know: it never guesses what somebody owes."""

from decimal import Decimal

from back_office import Clinic, complete
from billing.pricing.amounts import Line
from contracts.catalog import Claimable, Kind
from contracts.open_words import open_word
from contracts.scheduling import Modality
from testing import until


async def test_a_session_that_was_held_in_an_unknown_way_becomes_a_dead_letter_and_the_others_are_billed(clinic: Clinic) -> None:
    known = complete(clinic.catalog["90837"])
    unknown = complete(clinic.catalog["90837"], modality=open_word(Modality, "hologram"))
    await clinic.say(unknown, known)
    await clinic.count(1, session_id=known.session_id)

    async def is_parked() -> bool:
        parked = (await clinic.billing.get("/operations/parked")).json()["items"]
        return [item["type"] for item in parked if item["where"] == "inbox"] == [unknown.type]

    await until(is_parked)
    assert await clinic.records(session_id=unknown.session_id) == []


def test_no_insurer_pays_a_service_of_an_unknown_kind_or_that_may_be_claimed_in_an_unknown_way() -> None:
    line = {"code": "90837", "rate": Decimal(1)}
    assert Line(**line).insurable
    assert not Line(**line, kind=open_word(Kind, "package")).insurable
    assert not Line(**line, claimable=open_word(Claimable, "employer")).insurable
