"""What happens to nodes of replicated servers, and how it is undone; a fault returns what was measured of it."""

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from chaos.faults import Measured
from chaos.plan import Planned
from chaos.replicas import Replicas

from failover.brokers import Broker, Brokers
from failover.databases import Databases, Node
from failover.network import Machine
from failover.plan import POSTGRES, Failure
from failover.waiting import wait_for


@contextmanager
def frozen(machine: Machine) -> Iterator[None]:
    """Let everything on a machine stand still within the block."""
    machine.freeze()
    try:
        yield
    finally:
        machine.thaw()


@contextmanager
def cut_off(machine: Machine) -> Iterator[None]:
    """Let nothing reach a machine, and nothing that it sends arrive, within the block."""
    machine.unplug()
    try:
        yield
    finally:
        machine.plug()


@contextmanager
def parted(machine: Machine, others: list[Machine]) -> Iterator[None]:
    """Part a machine from the others within the block; clients reach all of them."""
    machine.part(others)
    try:
        yield
    finally:
        machine.join(others)


@contextmanager
def killed(node: Node | Broker) -> Iterator[None]:
    """Kill everything on a node, and start it again after the block."""
    node.kill()
    try:
        yield
    finally:
        node.start()


def lose_primary(cluster: Databases, failure: Failure) -> Measured:
    """Let the primary fail until another one is the primary, and for a while longer."""
    primary = cluster.wait_for_primary()
    lost = {
        "kill the primary of": lambda: killed(primary),
        "freeze the primary of": lambda: frozen(primary.machine),
        "cut off the primary of": lambda: cut_off(primary.machine),
        "part the primary from the other nodes of": lambda: parted(primary.machine, _others(cluster.machines, primary.machine)),
    }[failure.how]
    begun = time.monotonic()
    with lost():
        cluster.wait_for_primary(but=primary)
        taken_over = time.monotonic()
        time.sleep(failure.lasts_s)
    return {"another is the primary after s": round(taken_over - begun, 1), **_whole(cluster)}


def kill_primary_briefly(cluster: Databases, failure: Failure) -> Measured:
    """Kill the primary and start it again, whether another one has taken over or not."""
    before = cluster.timeline()
    with killed(cluster.wait_for_primary()):
        time.sleep(failure.lasts_s)
    return {**_whole(cluster), "fail-overs": cluster.timeline() - before}


def kill_standby(cluster: Databases, failure: Failure) -> Measured:
    """Kill a node that follows, which may be the one that commits wait for."""
    primary = cluster.wait_for_primary()
    standbys = [node for node in cluster.nodes if node is not primary]
    with killed(standbys[failure.node % len(standbys)]):
        time.sleep(failure.lasts_s)
    return _whole(cluster)


def switch_primary(cluster: Databases, failure: Failure) -> Measured:
    """Have another node become the primary, as an operator does."""
    primary, begun = cluster.wait_for_primary(), time.monotonic()
    cluster.switch(primary)
    cluster.wait_for_primary(but=primary)
    taken_over = time.monotonic()
    time.sleep(failure.lasts_s)
    return {"another is the primary after s": round(taken_over - begun, 1), **_whole(cluster)}


def restart_databases(cluster: Databases, failure: Failure) -> Measured:
    """Stop and start one node after the other, the primary last, after another has taken its place."""
    last, begun = cluster.wait_for_primary(), time.monotonic()
    for node in (*(node for node in cluster.nodes if node is not last), last):
        if node is cluster.wait_for_primary():
            cluster.switch(node)
            cluster.wait()
        node.stop()
        time.sleep(failure.lasts_s / len(cluster.nodes))
        node.start()
        cluster.wait()
    return {"all restarted after s": round(time.monotonic() - begun, 1)}


def lose_broker(cluster: Brokers, failure: Failure) -> Measured:
    """Let a node fail until the others know, and for a while longer."""
    node = cluster.nodes[failure.node]
    others = [other for other in cluster.nodes if other is not node]
    lost = {
        "kill a node of": lambda: killed(node),
        "freeze a node of": lambda: frozen(node.machine),
        "cut off a node of": lambda: cut_off(node.machine),
        "part a node from the other nodes of": lambda: parted(node.machine, [other.machine for other in others]),
    }[failure.how]
    begun = time.monotonic()
    with lost():
        wait_for("the other nodes of RabbitMQ know that one is lost", lambda: all(other.sees() == len(others) for other in others))
        known = time.monotonic()
        time.sleep(failure.lasts_s)
    wait_for("RabbitMQ is whole or parted", lambda: cluster.is_whole() or cluster.is_parted())
    restarted = cluster.is_parted()
    if restarted:  # as RabbitMQ's guide has the operator do; nothing else ends it
        node.stop()
        node.start()
    return {"others know after s": round(known - begun, 1), "restarted by hand": int(restarted), **_whole(cluster)}


def kill_brokers_in_turn(cluster: Brokers, failure: Failure) -> Measured:
    """Kill a node and, while it is away, a second one: those that are left are too few and stop."""
    order = [cluster.nodes[(failure.node + each) % len(cluster.nodes)] for each in range(len(cluster.nodes))]
    first, second, _ = order
    first.kill()
    time.sleep(failure.lasts_s)
    second.kill()
    time.sleep(failure.lasts_s)
    begun = time.monotonic()
    cluster.start()
    return {"whole after s": round(time.monotonic() - begun, 1)}


def restart_brokers(cluster: Brokers, failure: Failure) -> Measured:
    """Stop and start one node after the other."""
    begun = time.monotonic()
    for node in cluster.nodes:
        node.stop()
        time.sleep(failure.lasts_s / len(cluster.nodes))
        node.start()
        cluster.wait()
    return {"all restarted after s": round(time.monotonic() - begun, 1)}


def _others(machines: list[Machine], one: Machine) -> list[Machine]:
    return [machine for machine in machines if machine is not one]


def _whole(cluster: Databases | Brokers) -> Measured:
    begun = time.monotonic()
    cluster.wait()
    return {"whole after s": round(time.monotonic() - begun, 1)}


OF_DATABASES: Final[dict[str, Callable[[Databases, Failure], Measured]]] = {
    "kill and start again the primary of": kill_primary_briefly,
    "kill a standby of": kill_standby,
    "switch the primary of": switch_primary,
    "stop and start each database of": restart_databases,
}
OF_BROKERS: Final[dict[str, Callable[[Brokers, Failure], Measured]]] = {
    "kill two nodes in turn of": kill_brokers_in_turn,
    "stop and start each broker of": restart_brokers,
}


async def happen(failure: Planned, replicas: Replicas) -> Measured:
    """Let a fault happen, undo it, and return what was measured of it."""
    databases, brokers = replicas.platform.postgres, replicas.platform.rabbitmq
    if not (isinstance(failure, Failure) and isinstance(databases, Databases) and isinstance(brokers, Brokers)):
        message = "only replicated servers fail over"
        raise TypeError(message)
    if failure.what == POSTGRES:
        return await asyncio.to_thread(OF_DATABASES.get(failure.how, lose_primary), databases, failure)
    return await asyncio.to_thread(OF_BROKERS.get(failure.how, lose_broker), brokers, failure)
