"""A seed decides which nodes fail."""

from itertools import islice

from failover.faults import OF_BROKERS, OF_DATABASES
from failover.plan import KINDS, LONGEST_S, NODES, POSTGRES, RABBITMQ, SHORTEST_S, Failure, plan

MANY = 200


def test_the_same_seed_gives_the_same_failures_and_another_one_gives_others() -> None:
    assert list(islice(plan(7), MANY)) == list(islice(plan(7), MANY))
    assert next(plan(7)) != next(plan(8))


def test_every_kind_happens_before_any_happens_again() -> None:
    for cluster, kinds in KINDS.items():
        happened = [failure.how for failures in islice(plan(1), MANY) for failure in failures if failure.what == cluster]
        assert len(happened) == MANY
        for first in range(0, MANY - len(kinds), len(kinds)):
            assert sorted(happened[first : first + len(kinds)]) == sorted(kinds)


def test_a_round_is_about_each_cluster_once_and_every_node_has_its_turn() -> None:
    failures = [failure for failures in islice(plan(2), MANY) for failure in failures]
    assert all(isinstance(failure, Failure) for failure in failures)
    assert [failure.takes for failure in failures[:2]] == [{POSTGRES: True}, {RABBITMQ: True}]
    assert {failure.node for failure in failures if isinstance(failure, Failure)} == set(range(NODES))
    assert all(SHORTEST_S <= failure.lasts_s <= LONGEST_S for failure in failures)


def test_what_happens_to_a_cluster_is_of_its_kinds() -> None:
    assert OF_DATABASES.keys() <= set(KINDS[POSTGRES])
    assert OF_BROKERS.keys() <= set(KINDS[RABBITMQ])
