"""`make up`: the whole of Holdfast on this machine, read from top to bottom."""

import contextlib
import os
import secrets
import signal
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from types import FrameType

from servers import ports
from servers.postgres import Postgres, postgres
from servers.processes import Server, ServerError
from servers.rabbitmq import ADMIN, RabbitMQ, rabbitmq
from servers.rights import EVERY_SERVICE, IDENTITY

from local import services as processes
from local import web
from local.control import report_running, show, show_first_link, show_port
from local.environment import NotPreparedError, prepare
from local.install import FOR_UP, NotInstalledError, install
from local.keeper import Kept, Startable, keep, stop_together
from local.services import Service
from local.state import LOCAL, LOGS, RESET, AlreadyRunningError, Run, last, lock
from local.terminal import Tail, paint, report, step

LOOK_EVERY = 0.2
READY_SECONDS = 90.0
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def up() -> int:
    """Start everything, keep it running and stop it in order on a signal."""
    try:
        with lock(), contextlib.ExitStack() as stack:
            _listen_to_signals()
            before = last()
            Run(os.getpid()).write()
            install(FOR_UP)
            prepare()
            web.built()
            database, broker, databases = stack.enter_context(_servers())
            run = Run(os.getpid(), front=f"http://{ports.HOST}:{stack.enter_context(_front_port())}")
            services = processes.equip(databases, broker, before.services if before else {}, front=run.front)
            _describe(run, services, database, broker)
            things = stack.enter_context(_started(run, services, database, broker))
            _load_demo(run.front, things)
            run.ready = True
            run.write()
            show(run)
            show_port(run)
            show_first_link(processes.first_link(next(service for service in services if service.name == IDENTITY)))
            _follow(things)
    except AlreadyRunningError:
        return report_running()
    except KeyboardInterrupt:
        report(f"everything is stopped; {'make reset now deletes the data' if RESET.exists() else 'the data stays in .local'}")
        return 0
    except (NotInstalledError, NotPreparedError, ServerError) as error:
        print(f"\n{paint('holdfast cannot start:', '31')} {error}", file=sys.stderr)
        return 1
    return 0


@contextlib.contextmanager
def _front_port() -> Iterator[int]:
    """Hold a port for the front until everything is stopped: the usual one, or the next that nobody has."""
    with contextlib.ExitStack() as stack:
        try:
            yield stack.enter_context(ports.reserved(processes.FRONT_PORTS))
        except OSError as error:
            raise ServerError(str(error)) from error


@contextlib.contextmanager
def _servers() -> Iterator[tuple[Postgres, RabbitMQ, dict[str, str]]]:
    """Run both private servers and bring the databases up to date while the broker boots."""
    with contextlib.ExitStack() as stack, ThreadPoolExecutor() as pool:
        booting = pool.submit(stack.enter_context, rabbitmq(LOCAL / "rabbitmq"))
        with step("PostgreSQL"):
            database = stack.enter_context(postgres(LOCAL / "postgres", durable=True))
        with step("databases and migrations"):
            databases = processes.create_databases(database, services=EVERY_SERVICE)
            processes.migrate(databases)
        with step("RabbitMQ"):
            broker = booting.result()
        try:
            yield database, broker, databases
        finally:
            with step("stopping PostgreSQL and RabbitMQ"):
                stop_together((database, broker))


@contextlib.contextmanager
def _started(run: Run, services: list[Service], database: Postgres, broker: RabbitMQ) -> Iterator[list[Kept]]:
    """Start the services and the front; yield everything that is to be kept running once all are ready."""
    servers = [service.server() for service in services]
    instance = secrets.token_hex(8)
    front = processes.front(int(run.front.rpartition(":")[2]), services, instance=instance)
    try:
        for server in (*servers, front):
            server.start()
        for server, url in zip(servers, run.services.values(), strict=True):
            _wait_until_ready(server, f"{url}/readyz")
        _wait_until_ready(front, f"{run.front}/healthz", instance)
        every: list[tuple[str, Startable]] = [("PostgreSQL", database), ("RabbitMQ", broker)]
        every += [(server.name, server) for server in (*servers, front)]
        yield [Kept(name, thing, started=time.monotonic()) for name, thing in every]
    finally:
        with step("stopping the front and the services"):
            front.stop()
            stop_together(servers)


def _wait_until_ready(server: Server, url: str, instance: str = "") -> None:
    """Return when it reports that it is ready; when it does not, repeat its output."""
    with step(f"{server.name} ready"):
        try:
            server.wait(lambda: not processes.unready(url, instance), seconds=READY_SECONDS, every=LOOK_EVERY)
        except ServerError as error:
            message = f"{error}\n{url} {processes.unready(url, instance)}"
            raise ServerError(message) from error


def _load_demo(front: str, things: list[Kept]) -> None:
    """Load the demo network through the public API; the loader leaves what is there already."""
    if not processes.DEMO.exists():
        report("there is no demo network to load yet")
        return
    loader = processes.demo(front)
    loader.start()
    tail = Tail(loader.name, loader.log, loader.log_start)
    try:
        while loader.running():
            tail.show()
            keep(things)
            time.sleep(LOOK_EVERY)
        tail.show()
    finally:
        loader.stop()
    if loader.exit_code:
        report(f"the demo network is not complete (exit code {loader.exit_code}); the services run all the same")


def _follow(things: list[Kept]) -> None:
    """Show the services' logs side by side until somebody ends it."""
    tails = [Tail(thing.name, LOGS / f"{thing.name}.log") for thing in things]
    for tail in tails:
        tail.skip()
    while True:
        for tail in tails:
            tail.show()
        keep(things)
        time.sleep(LOOK_EVERY)


def _describe(run: Run, services: list[Service], database: Postgres, broker: RabbitMQ) -> None:
    run.services = {service.name: service.url for service in services}
    run.postgres = database.superuser_dsn
    run.rabbitmq = broker.admin_url
    run.management = f"http://{ports.HOST}:{broker.management_port}  user {ADMIN}, password {broker.password}"
    run.write()


def _listen_to_signals() -> None:
    def stop(_signal: int, _frame: FrameType | None) -> None:
        for name in SIGNALS:
            signal.signal(name, signal.SIG_IGN)
        raise KeyboardInterrupt

    for name in SIGNALS:
        signal.signal(name, stop)


if __name__ == "__main__":
    sys.exit(up())
