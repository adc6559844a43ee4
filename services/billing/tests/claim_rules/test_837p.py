"""Claims as a file that other people's readers take: loops in their places, levels numbered, everything counted."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Final

import pytest
from billing.claim_rules.facts import AddressFacts, Claim, ClientFacts, Frequency, LineFacts, PersonFacts
from billing.claim_rules.scrub import refuses, scrub
from billing.x12 import writer
from billing.x12.writer import UnsendableError, segment
from claim_examples import (
    ADDED,
    ELSEWHERE,
    FAMILY,
    HOLDER,
    HOUR,
    JONAS,
    MAYA,
    MUTUAL,
    NETWORK,
    RUTH,
    SILVER,
    STATE,
    claim,
    complaints,
    facts,
    segments,
    write,
)
from hypothesis import Phase, example, given, settings
from hypothesis import strategies as st
from testing.properties import examples

GOLDEN: Final = Path(__file__).parents[1] / "data" / "claims.837p"
LETTERS: Final = "abcxyzABCXYZ0159 àâäçéèêëîïñóôöøœßúüýžłđþÅŠŽĆŐ'’.-–,&()/"  # noqa: RUF001 (names are written so)
readable = st.text(LETTERS, min_size=1, max_size=60).filter(lambda text: len(writer.name(text, 60)) > 1)
cents = st.integers(1, 500_000).map(lambda amount: Decimal(amount) / 100)


def golden() -> list[Claim]:
    """Return what the golden file holds: two payers, a parent and a child on one plan, a copay paid, video, a replacement, an add-on."""
    video = HOUR.model_copy(update={"modifiers": ("95",)})
    return [
        claim(1, lines=(HOUR, ADDED), facility=ELSEWHERE, patient_paid=Decimal("25.00")),
        claim(2, client=MAYA, plan=FAMILY, facility=ELSEWHERE),
        claim(3, payer=STATE, plan=SILVER.model_copy(update={"group_number": None, "authorization_number": "AUTH-9"})),
        claim(4, telehealth=True, place_of_service="10", lines=(video,), service_date=date(2026, 2, 23)),
        claim(5, frequency=Frequency.REPLACEMENT, payer_reference="2026030211", client=MAYA, plan=FAMILY),
    ]


def test_the_file_is_the_one_that_was_agreed_on_byte_by_byte() -> None:
    assert write(*golden()) == GOLDEN.read_text()
    assert complaints(GOLDEN.read_text()) == []


def test_a_contact_is_repeated_only_where_it_is_another_than_the_submitters() -> None:
    other = NETWORK.model_copy(update={"contact_name": "Front desk"})
    contacts = [[segment[1] for segment in segments(write(claim(1, organization=who)), "PER")] for who in (NETWORK, other)]
    assert contacts == [["BILLING OFFICE"], ["BILLING OFFICE", "FRONT DESK"]]
    assert complaints(write(claim(1, organization=other))) == []


def test_a_file_that_other_readers_must_refuse_is_refused_by_them() -> None:
    text = write(*golden())
    for right, wrong in (("SE*", "SE*1"), ("HL*2*1*22", "HL*2*9*22"), ("ABK:", "ABQ:"), ("SV1*HC:90785*20.5", "SV1*HC:90785*20.51")):
        assert right in text
        assert complaints(text.replace(right, wrong, 1)), wrong


def test_claims_of_one_plan_share_its_loop_and_levels_are_numbered_through() -> None:
    text = write(claim(1), claim(2, client=MAYA, plan=FAMILY), claim(3), claim(4, payer=STATE), claim(5, client=MAYA, plan=FAMILY))
    assert segments(text, "HL") == [
        ["1", "", "20", "1"],
        ["2", "1", "22", "0"],
        ["3", "1", "22", "1"],
        ["4", "3", "23", "0"],
        ["5", "1", "22", "0"],
    ]
    assert [clm[0] for clm in segments(text, "CLM")] == [f"HF00000000{number}" for number in (1, 3, 2, 5, 4)]
    assert segments(text, "PAT") == [["19"]]
    assert [sbr[:3] for sbr in segments(text, "SBR")] == [["P", "18", "G-77"], ["P", "", "G-77"], ["P", "18", "G-77"]]


def test_a_client_whose_diagnosis_has_changed_has_one_loop_all_the_same() -> None:
    text = write(claim(1), claim(2, client=JONAS.model_copy(update={"diagnoses": ("F33.1",)})))
    assert [level[2] for level in segments(text, "HL")] == ["20", "22"]
    assert segments(text, "HI") == [["ABK:F411", "ABF:F330"], ["ABK:F331"]]


def test_a_session_by_video_says_where_the_client_was_and_not_where_the_room_is() -> None:
    text = write(claim(telehealth=True, place_of_service="10", facility=ELSEWHERE, lines=(HOUR.model_copy(update={"modifiers": ("95",)}),)))
    assert [clm[4] for clm in segments(text, "CLM")] == ["10:B:1"]
    assert segments(text, "SV1")[0][0] == "HC:90837:95"
    assert "77" not in [name[0] for name in segments(text, "NM1")]


def test_a_replacement_names_the_payers_number_and_an_authorised_visit_its_authorization() -> None:
    plan = SILVER.model_copy(update={"authorization_number": "AUTH-9"})
    text = write(claim(frequency=Frequency.REPLACEMENT, payer_reference="2026030211", plan=plan))
    assert segments(text, "CLM")[0][4] == "11:B:7"
    assert [ref for ref in segments(text, "REF") if ref[0] in {"G1", "F8"}] == [["G1", "AUTH-9"], ["F8", "2026030211"]]


def test_every_service_line_points_to_the_diagnoses_and_has_a_number_that_a_remittance_repeats() -> None:
    many = MAYA.model_copy(update={"diagnoses": ("F43.23", "F41.1", "F33.0", "F90.0", "F81.0")})
    text = write(claim(client=many, plan=FAMILY, lines=(HOUR, ADDED)))
    assert segments(text, "HI") == [["ABK:F4323", "ABF:F411", "ABF:F330", "ABF:F900", "ABF:F810"]]
    assert [line[-1] for line in segments(text, "SV1")] == ["1:2:3:4", "1:2:3:4"]
    assert [ref[1] for ref in segments(text, "REF") if ref[0] == "6R"] == ["HF000000001-1", "HF000000001-2"]


def test_a_hundred_claims_of_one_client_fit_into_one_file() -> None:
    assert complaints(write(*(claim(number) for number in range(1, 101)))) == []


@pytest.mark.parametrize("text", ["Zwei*Sterne", "a:b", "a~b", "a^b", "王", "tab\there", " blank ahead"])
def test_an_element_that_would_break_the_file_is_never_written(text: str) -> None:
    with pytest.raises(UnsendableError):
        segment("NM1", text)


@pytest.mark.parametrize(
    ("spoken", "written"),
    [
        ("Peña-Núñez", "PENA-NUNEZ"),
        ("O’Neill", "O'NEILL"),  # noqa: RUF001 (so it is typed)
        ("Groß", "GROSS"),
        ("Łukasz  Żak", "LUKASZ ZAK"),
        ("Ærø", "AERO"),
        ("ﬁne", "FINE"),
    ],
)
def test_names_are_written_in_capitals_without_marks(spoken: str, written: str) -> None:
    assert writer.name(spoken, 60) == written


people = st.builds(
    PersonFacts,
    last_name=readable,
    first_name=readable,
    birth_date=st.dates(date(1920, 1, 1), date(2020, 12, 31)),
    gender=st.sampled_from("FM"),  # x12sdk does not know the guide's third, U; pyx12 does
    address=st.builds(
        AddressFacts, line1=readable, line2=st.none() | readable, city=readable, state=st.just("ME"), postal_code=st.just("041010000")
    ),
)
lines = st.lists(
    st.builds(LineFacts, service_code=st.sampled_from(["90837", "90785", "90791", "H0004"]), units=st.integers(1, 9), amount=cents),
    min_size=1,
    max_size=6,
).map(tuple)


@st.composite
def claims_of_anybody(draw: st.DrawFn) -> list[Claim]:
    """Draw claims of several payers and people, some of them dependents, and see that nothing speaks against them."""
    made = []
    for number in range(1, draw(st.integers(1, 4)) + 1):
        client = ClientFacts(
            **dict(draw(people)), diagnoses=tuple(draw(st.lists(st.sampled_from(["F41.1", "F33.0", "Z63.0"]), min_size=1, max_size=12)))
        )
        dependent = {"relationship": draw(st.sampled_from(["spouse", "child", "other"])), "subscriber": draw(people)}
        plan = SILVER.model_copy(
            update=draw(st.sampled_from([{}, dependent])) | {"plan_name": draw(readable), "group_number": draw(st.none() | st.just("G 1"))}
        )
        payer = draw(st.sampled_from([MUTUAL, STATE])).model_copy(update={"payer_name": draw(readable)})
        stated = facts(
            client=client, plan=plan, payer=payer, lines=draw(lines), facility=draw(st.sampled_from([ELSEWHERE, facts().facility]))
        )
        assert [finding for finding in scrub(stated) if finding.code != "BIRTH_DATE_INVALID"] == []
        made.append(claim(number, **dict(stated)))
    return made


@settings(max_examples=examples(15), deadline=None, phases=[Phase.explicit, Phase.generate])
@given(drawn=claims_of_anybody())
def test_whatever_people_are_called_and_however_many_lines_they_have_both_readers_take_the_file(drawn: list[Claim]) -> None:
    assert complaints(write(*drawn)) == []


def mostly(good: st.SearchStrategy[str], odd: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Draw something good, and now and then something odd."""
    return st.sampled_from([good, good, good, odd]).flatmap(lambda drawn: drawn)


@settings(max_examples=examples(25), deadline=None, phases=[Phase.explicit, Phase.generate])
@given(
    last_name=mostly(readable, st.text(max_size=60)),
    line1=mostly(readable, st.text(min_size=1, max_size=55)),
    city=mostly(readable, st.text(max_size=30)),
    state=mostly(st.just("ME"), st.sampled_from(["XX", ""])),
    postal_code=mostly(st.just("041010000"), st.just("04101")),
    member_id=mostly(st.from_regex(r"[A-Za-z0-9_#-]{1,80}", fullmatch=True), st.text(min_size=1, max_size=90)),
    npi=mostly(st.just("1245319599"), st.just("1245319590")),
    place=mostly(st.just("11"), st.sampled_from(["29", "XX"])),
    units=st.integers(0, 9),
    amount=st.integers(0, 1000).map(lambda amount: Decimal(amount) / 100),
    off=st.sampled_from([Decimal(0), Decimal(0), Decimal("0.01")]),
)
@example("W*", "Street", "Bath", "ME", "041010000", "1", "1245319599", "11", 1, Decimal(1), Decimal(0))
@example("Weber", "Street", "Bath", "ME", "041010000", "1", "1245319599", "11", 1, Decimal(1), Decimal("0.01"))
def test_whatever_scrubbing_lets_through_both_readers_take(
    last_name: str,
    line1: str,
    city: str,
    state: str,
    postal_code: str,
    member_id: str,
    npi: str,
    place: str,
    units: int,
    amount: Decimal,
    off: Decimal,
) -> None:
    address = AddressFacts(line1=line1, city=city, state=state, postal_code=postal_code)
    stated = facts(
        client=ClientFacts(**dict(HOLDER) | {"last_name": last_name, "address": address}, diagnoses=("F41.1",)),
        plan=SILVER.model_copy(update={"member_id": member_id}),
        provider=RUTH.model_copy(update={"npi": npi}),
        place_of_service=place,
        lines=(HOUR.model_copy(update={"units": units, "amount": amount}),),
        total_amount=amount + off,
    )
    if not refuses(scrub(stated)):
        assert complaints(write(claim(**dict(stated)))) == []
