"""A seed decides which faults happen and what desks do."""

from collections import Counter
from itertools import islice

from chaos.faults import FAULTS
from chaos.plan import KINDS, LONGEST_S, SHORTEST_S, Planned, plan
from chaos.workload import operations

MANY = 200


def test_the_same_seed_gives_the_same_faults_and_another_one_gives_others() -> None:
    assert list(islice(plan(7, LONGEST_S), MANY)) == list(islice(plan(7, LONGEST_S), MANY))
    assert next(plan(7, LONGEST_S)) != next(plan(8, LONGEST_S))


def test_the_same_seed_gives_the_same_work_and_another_one_gives_other_work() -> None:
    assert list(islice(operations("7/1"), MANY)) == list(islice(operations("7/1"), MANY))
    assert list(islice(operations("7/1"), MANY)) != list(islice(operations("8/1"), MANY))


def test_every_kind_happens_in_each_round_and_to_everything_that_it_may_happen_to() -> None:
    rounds = list(islice(plan(1, LONGEST_S), max(len(kind.of) for kind in KINDS.values())))
    assert all(sorted(fault.how for fault in faults) == sorted(FAULTS) for faults in rounds)
    happened = Counter((fault.how, fault.what) for faults in rounds for fault in faults)
    assert set(happened) == {(how, what) for how, kind in KINDS.items() for what in kind.of}


def test_a_fault_lasts_as_long_as_its_kind_may() -> None:
    faults = [fault for faults in islice(plan(2, 1.0), MANY) for fault in faults]
    assert all(SHORTEST_S <= fault.lasts_s <= max(KINDS[fault.how].times, SHORTEST_S) for fault in faults)


def test_a_server_is_not_killed_while_another_fault_needs_it_and_several_may_need_it_at_once() -> None:
    assert Planned("kill", "postgres", 0, 1).takes == {"postgres": True}
    assert Planned("lock the table of", "rooms", 0, 1).takes == {"postgres": False}
    assert Planned("cut the connections of", "rabbitmq", 0, 1).takes == {"postgres": False, "rabbitmq": False}
    assert Planned("kill while it publishes", "rooms", 0, 1).takes == {"postgres": False, "rabbitmq": False, "rooms": True, "rooms-2": True}
