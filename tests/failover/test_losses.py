"""What was answered and is not there after a fail-over is counted by what went on when it was answered."""

from failover.losses import losses

CUT = "cut off the primary of postgres for 3.0 s"
KILL = "kill a node of rabbitmq for 1.0 s"


def test_answers_that_are_not_there_are_counted_by_the_faults_that_were_under_way() -> None:
    lines = [
        answer(1.0, "a", 1),
        {"kind": "fault", "after_s": 2.0, "what": CUT},
        answer(3.0, "b", 1),
        {"kind": "fault", "after_s": 4.0, "what": KILL},
        answer(5.0, "a", 2),
        {"kind": "mended", "after_s": 6.0, "what": CUT},
        {"kind": "mended", "after_s": 7.0, "what": KILL},
        answer(8.0, "c", 1),
        {"kind": "answer", "after_s": 9.0, "key": "d", "session": None},
        sessions({"id": "a", "version": 1}),
    ]
    assert losses(lines) == [
        "3 answers are not there, about 2 sessions that are not there and 1 that went back",
        "     1  cut off the primary of postgres",
        "     1  cut off the primary of postgres and kill a node of rabbitmq",
        "     1  nothing",
    ]


def test_where_nothing_is_lost_nothing_is_counted() -> None:
    assert losses([answer(1.0, "a", 1), sessions({"id": "a", "version": 2})]) == [
        "0 answers are not there, about 0 sessions that are not there and 0 that went back"
    ]


def answer(after_s: float, session: str, version: int) -> dict[str, object]:
    """Return a success as it is in a history."""
    return {"kind": "answer", "after_s": after_s, "key": session, "session": {"id": session, "version": version}}


def sessions(*rows: dict[str, object]) -> dict[str, object]:
    """Return what is stored in the end."""
    return {"kind": "rows", "after_s": 10.0, "service": "scheduling", "table": "session", "rows": list(rows)}
