"""Whatever is sent, it is read, or refused in the words of the protocol; nothing that is changed in a token is taken."""

from datetime import UTC, datetime, timedelta
from typing import Final

import pytest
from chassis.errors import Malformed
from hypothesis import given
from hypothesis import strategies as st
from identity.accounts import passwords
from identity.authorization import requests
from identity.authorization.requests import RefusedError
from identity.clients.redirects import wrong_addresses
from identity.keys import signing
from identity.pages import forms
from people import challenge_of

NOW: Final = datetime(2026, 3, 2, 14, 0, tzinfo=UTC)
PRIVATE, PUBLIC = signing.new_key()
CLAIMS: Final = {"iss": "https://clinic.example", "aud": "holdfast", "sub": "x", "exp": int(NOW.timestamp()) + 600}
TOKEN: Final = signing.sign(CLAIMS, PRIVATE, signing.ACCESS_TOKEN)
NAMES: Final = (
    "response_type",
    "response_mode",
    "code_challenge",
    "code_challenge_method",
    "prompt",
    "max_age",
    "scope",
    "state",
    "request",
)


def taken(token: str, now: datetime = NOW) -> bool:
    """Whether a token is taken as an access token."""
    known = {"issuer": "https://clinic.example", "audience": "holdfast"}
    return signing.verified(token, [PUBLIC], kind=signing.ACCESS_TOKEN, now=now, **known) is not None


@given(st.integers(0, len(TOKEN) - 1), st.characters(min_codepoint=33, max_codepoint=126))
def test_a_token_of_which_one_character_is_another_is_not_taken(place: int, character: str) -> None:
    changed = f"{TOKEN[:place]}{character}{TOKEN[place + 1 :]}"
    same_bits = place == len(TOKEN) - 1  # the last character of a signature has two bits that mean nothing
    assert taken(TOKEN)
    assert same_bits or changed == TOKEN or not taken(changed)


@given(st.text() | st.from_regex(r"[A-Za-z0-9_-]*[.][A-Za-z0-9_-]*[.][A-Za-z0-9_-]*", fullmatch=True))
def test_what_is_no_token_is_not_taken(text: str) -> None:
    assert not taken(text)


@pytest.mark.parametrize(("later_s", "is_taken"), [(0, True), (600, True), (629, True), (632, False), (10**6, False)])
def test_a_token_is_taken_until_it_expires_and_as_long_as_clocks_may_differ(later_s: int, is_taken: bool) -> None:  # noqa: FBT001
    assert taken(TOKEN, NOW + timedelta(seconds=later_s)) is is_taken


@given(st.dictionaries(st.sampled_from(NAMES), st.text(max_size=50) | st.sampled_from(["code", "S256", "openid", "none", "x" * 43])))
def test_a_request_for_a_code_is_read_or_refused_by_name(fields: dict[str, str]) -> None:
    refusal, challenge = "", ""
    try:
        challenge = requests.read({"client_id": "x", **fields}, "https://clinic.example/cb").code_challenge
    except RefusedError as refused:
        refusal = refused.error
    assert refusal in {"", "invalid_request", "invalid_scope", "unsupported_response_type", "request_not_supported"}
    assert refusal or (fields["response_type"], fields["code_challenge_method"], len(challenge)) == ("code", "S256", 43)


@given(st.binary() | st.text())
def test_a_form_is_read_with_each_field_once_or_refused(body: bytes | str) -> None:
    refusal, values = "", list[str]()
    try:
        values = list(forms.read(body).values())
    except Malformed as error:
        refusal = error.slug
    assert refusal in {"", "unreadable-form", "repeated-parameter"}
    assert not any("\0" in value for value in values)


@given(st.text())
def test_credentials_are_read_or_refused(text: str) -> None:
    refusal, found = "", None
    try:
        found = requests.basic_credentials(f"Basic {text}")
    except RefusedError as refused:
        refusal = refused.error
    assert (refusal == "invalid_client") is (found is None)


@given(st.from_regex(r"[A-Za-z0-9._~-]{43,128}", fullmatch=True), st.text())
def test_no_other_text_is_the_verifier_of_a_challenge(verifier: str, other: str) -> None:
    challenge = challenge_of(verifier)
    assert requests.is_verifier_of(verifier, challenge)
    assert other == verifier or not requests.is_verifier_of(other, challenge)


@pytest.mark.parametrize(
    ("address", "is_right"),
    [
        ("https://clinic.example/cb", True),
        ("https://clinic.example/cb?tenant=1", True),
        ("http://localhost:8080/cb", True),
        ("http://clinic.example/cb", False),
        ("https://clinic.example/cb#x", False),
        ("https://clinic.example/cb#", False),
        ("https://user@clinic.example/cb", False),
        ("https:///cb", False),
        ("javascript:alert(1)", False),
        ("data:text/html,x", False),
        ("//clinic.example", False),
        ("https://[clinic", False),
    ],
)
def test_an_address_of_a_client_is_encrypted_and_has_a_host(address: str, is_right: bool) -> None:  # noqa: FBT001
    assert (wrong_addresses([address]) == []) is is_right


@given(st.text(min_size=12, max_size=200))
def test_a_password_is_hashed_whatever_is_in_it_or_refused(password: str) -> None:
    refused = passwords.why_refused(password, [])
    assert refused is None or refused.endswith(".")


def test_a_hash_has_a_salt_of_its_own_and_fits_its_password_alone() -> None:
    first, second = passwords.hashed("seven quiet rivers"), passwords.hashed("seven quiet rivers")
    assert first != second
    assert passwords.matches(first, "seven quiet rivers")
    assert not passwords.matches(first, "seven quiet river")
    assert not passwords.matches(None, "the password of nobody")
    assert not passwords.matches("no hash", "seven quiet rivers")
    assert first.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
