"""Settings that are missing or wrong are named in a line each, without what they hold."""

from datetime import timedelta

import pytest
from chassis.settings import Duration, Settings
from pydantic import TypeAdapter, ValidationError

SECRET = "hunter2"  # noqa: S105 (of no account)
RIGHT = {
    "HOLDFAST_SERVICE": "catalog",
    "HOLDFAST_DATABASE_URL": f"postgresql+asyncpg://catalog:{SECRET}@db/catalog",
    "HOLDFAST_BROKER_URL": f"amqp://catalog:{SECRET}@mq/",
}


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"HOLDFAST_SERVICE": None}, ["HOLDFAST_SERVICE: Field required"]),
        (
            {"HOLDFAST_DATABASE_URL": None, "HOLDFAST_BROKER_URL": None},
            ["HOLDFAST_DATABASE_URL: Field required", "HOLDFAST_BROKER_URL: Field required"],
        ),
        (
            {"HOLDFAST_DATABASE_URL": f"mysql://catalog:{SECRET}@db/catalog"},
            ["HOLDFAST_DATABASE_URL must start with postgresql+asyncpg://"],
        ),
        (
            {"HOLDFAST_DATABASE_URL": f"{RIGHT['HOLDFAST_DATABASE_URL']}?sslmode=maybe"},
            ["sslmode in HOLDFAST_DATABASE_URL must be one of disable, prefer, require, verify-ca, verify-full"],
        ),
        (
            {"HOLDFAST_DATABASE_URL": f"{RIGHT['HOLDFAST_DATABASE_URL']}?connect_timeout=5"},
            [
                "HOLDFAST_DATABASE_URL has a parameter that is not known; known are sslmode, ssl, sslrootcert, host, target_session_attrs",
            ],
        ),
        *(
            (
                {"HOLDFAST_DATABASE_URL": f"{RIGHT['HOLDFAST_DATABASE_URL']}?sslmode=verify-full&sslrootcert={file}"},
                ["sslrootcert in HOLDFAST_DATABASE_URL must name a file with certificates (PEM) that can be read"],
            )
            for file in ("/nowhere/authority.pem", __file__)
        ),
        (
            {"HOLDFAST_DATABASE_URL": f"postgresql+asyncpg://catalog:{SECRET}@db:five/catalog"},
            ["the port in HOLDFAST_DATABASE_URL must be a number up to 65535"],
        ),
        ({"HOLDFAST_BROKER_URL": f"https://catalog:{SECRET}@mq/"}, ["HOLDFAST_BROKER_URL must start with amqp:// or amqps://"]),
        ({"HOLDFAST_BROKER_URL": f"amqp://catalog:{SECRET}@mq:99999/"}, ["the port in HOLDFAST_BROKER_URL must be a number up to 65535"]),
        (
            {"HOLDFAST_LOG_LEVEL": SECRET},
            ["HOLDFAST_LOG_LEVEL: Input should be 'DEBUG', 'INFO', 'WARNING', 'ERROR' or 'CRITICAL'"],
        ),
        ({"HOLDFAST_OTLP_ENDPOINT": SECRET}, ["HOLDFAST_OTLP_ENDPOINT: must begin with http:// or https://"]),
        ({"HOLDFAST_DATABASE_POOL": "1"}, ["HOLDFAST_DATABASE_POOL: Input should be greater than or equal to 2"]),
    ],
)
def test_each_wrong_setting_is_named_and_none_is_shown(
    monkeypatch: pytest.MonkeyPatch, wrong: dict[str, str | None], told: list[str]
) -> None:
    for name, value in {**RIGHT, **wrong}.items():
        if value is None:
            monkeypatch.delenv(name, raising=False)
        else:
            monkeypatch.setenv(name, value)
    with pytest.raises(SystemExit) as refused:
        Settings.from_environment()
    assert str(refused.value).splitlines()[1:] == told
    assert refused.value.__suppress_context__


def test_settings_that_are_right_are_read_in_any_case_of_the_log_level(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {**RIGHT, "HOLDFAST_LOG_LEVEL": "warning"}.items():
        monkeypatch.setenv(name, value)
    assert Settings.from_environment().log_level == "WARNING"


def test_the_error_of_a_setting_shows_no_value_where_it_is_raised(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {**RIGHT, "HOLDFAST_DATABASE_POOL": "1"}.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(ValueError, match=r"(?i)database_pool") as refused:
        Settings()
    assert SECRET not in str(refused.value)


@pytest.mark.parametrize(("written", "length"), [("3600", timedelta(hours=1)), ("PT1H", timedelta(hours=1)), ("P1D", timedelta(days=1))])
def test_a_length_of_time_is_written_in_seconds_or_as_in_iso_8601(written: str, length: timedelta) -> None:
    assert TypeAdapter(Duration).validate_python(written) == length


@pytest.mark.parametrize("written", ["-PT1S", "-5", "P31D", "soon"])
def test_a_length_of_time_that_nothing_can_wait_for_is_refused(written: str) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(Duration).validate_python(written)
