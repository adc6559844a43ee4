"""How many series a page has is what its description states."""

from scheduling.series import api, queries


def test_the_description_of_the_list_states_how_many_series_a_page_has() -> None:
    assert f"at most {queries.SERIES_AT_MOST} on a page" in str(api.list_series.__doc__)
