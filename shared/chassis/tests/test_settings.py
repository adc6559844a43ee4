"""Settings that are wrong are refused by name, without what they hold."""

import pytest
from chassis.settings import Settings
from pydantic import ValidationError

SECRET = "hunter2"  # noqa: S105 (of no account)


@pytest.mark.parametrize(
    "wrong",
    [{"database_url": f"postgresql://catalog:{SECRET}@db/catalog"}, {"database_pool": SECRET}, {"role": SECRET}, {"service": None}],
)
def test_a_refused_setting_is_named_and_no_setting_is_shown(monkeypatch: pytest.MonkeyPatch, wrong: dict[str, str | None]) -> None:
    right = {
        "service": "catalog",
        "database_url": f"postgresql+asyncpg://catalog:{SECRET}@db/catalog",
        "broker_url": f"amqp://catalog:{SECRET}@mq/",
    }
    for name, value in {**right, **wrong}.items():
        monkeypatch.delenv(f"HOLDFAST_{name.upper()}", raising=False)
        if value is not None:
            monkeypatch.setenv(f"HOLDFAST_{name.upper()}", value)
    with pytest.raises(ValidationError, match=f"(?i){'|'.join(wrong)}") as refused:
        Settings()
    assert SECRET not in str(refused.value)
    assert SECRET[1:] not in str(refused.value)
