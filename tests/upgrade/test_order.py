"""A seed decides the order in which processes are replaced."""

from chaos.replicas import PROCESSES

from upgrade.order import BACK, FORWARD, MIGRATE, steps

SEEDS = range(20)


def test_the_same_seed_gives_the_same_order_and_another_one_gives_another() -> None:
    assert steps(7) == steps(7)
    assert len({tuple(step.what for step in steps(seed)) for seed in SEEDS}) == len(SEEDS)


def test_the_schema_comes_first_and_every_process_is_replaced_before_any_goes_back() -> None:
    orders = set[bool]()
    for seed in SEEDS:
        migrated, *replaced = steps(seed)
        forward, back = replaced[: len(PROCESSES)], replaced[len(PROCESSES) :]
        assert migrated.how == MIGRATE
        assert {(step.how, step.what) for step in forward} == {(FORWARD, process) for process in PROCESSES}
        assert {(step.how, step.what) for step in back} == {(BACK, process) for process in PROCESSES}
        orders.add([step.what for step in forward] == [step.what for step in back])
    assert False in orders, "they go back in another order"


def test_both_processes_of_a_service_follow_each_other() -> None:
    for seed in SEEDS:
        services = [step.what.removesuffix("-2") for step in steps(seed)[1:]]
        assert all(first == second for first, second in zip(services[::2], services[1::2], strict=True))
