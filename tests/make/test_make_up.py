"""`make up` and its companions print what whoever reads them needs to go on."""

from pathlib import Path

import pytest
from local import control, state, up
from local.state import Run


@pytest.fixture
def local(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Let them keep their state in an empty folder."""
    for module in (state, control):
        monkeypatch.setattr(module, "LOCAL", tmp_path)
    for name in ("run.json", "lock", "reset"):
        monkeypatch.setattr(state, name.partition(".")[0].upper(), tmp_path / name)
    monkeypatch.setattr(up, "RESET", tmp_path / "reset")
    return tmp_path


def test_a_front_on_another_port_is_printed_with_the_line_that_readme_needs_then(capsys: pytest.CaptureFixture[str]) -> None:
    control.show_port(Run(pid=1, front="http://127.0.0.1:8081"))
    printed = capsys.readouterr().out
    assert "Another program had port 8080, so the front has 8081." in printed
    assert "API=http://127.0.0.1:8081/api\n" in printed
    control.show_port(Run(pid=1, front="http://127.0.0.1:8080"))
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(("is_reset", "said"), [(True, "make reset now deletes the data"), (False, "the data stays in .local")])
def test_what_is_stopped_says_whether_its_data_stays(
    local: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *, is_reset: bool, said: str
) -> None:
    def stopped(_: object) -> None:
        """End as a signal does."""
        raise KeyboardInterrupt

    def ended_meanwhile() -> int:
        """Stop what runs, as the process that is stopped sees it."""
        assert up.up() == 0
        return 1

    monkeypatch.setattr(up, "install", stopped)
    monkeypatch.setattr(up, "_listen_to_signals", lambda: None)
    monkeypatch.setattr(control, "down", ended_meanwhile)
    assert control.reset() == 1 if is_reset else up.up() == 0
    assert f"everything is stopped; {said}\n" in capsys.readouterr().out
    assert sorted(path.name for path in local.iterdir()) == ["lock", "run.json"]
