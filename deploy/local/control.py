"""`make status`, `make down` and `make reset`: looking at a running `make up` from another terminal, and ending it."""

import os
import shutil
import signal
import sys
import time
from collections.abc import Callable

from local import services as processes
from local.environment import ROOT
from local.state import LOCAL, LOGS, Run, resetting, running
from local.terminal import paint, step, table

LOOK_EVERY = 0.2
DOWN_SECONDS = 90.0


def show(run: Run) -> None:
    """Print what runs where."""
    rows = {"front": run.front}
    rows |= {name: f"{url}  docs {run.front}/api/{name}/docs" for name, url in run.services.items()}
    rows |= {"PostgreSQL": run.postgres, "RabbitMQ": run.management, "AMQP": run.rabbitmq}
    table(rows | {"logs": f"{LOGS.relative_to(ROOT)}/", "stop": "Ctrl-C, or make down in another terminal"})


def show_port(run: Run) -> None:
    """Print how README's calls read where the front has another port than the usual one."""
    usual, (address, _, port) = processes.FRONT_PORTS[0], run.front.rpartition(":")
    if port != str(usual):
        print(f"  Another program had port {usual}, so the front has {port}. README's calls begin with this line then:")
        print(f"  API={address}:{port}/api\n", flush=True)


def show_first_link(link: str) -> None:
    """Print the link by which the first administrator sets a password, as long as there is no account."""
    if link:
        print("  Nobody has an account yet. This link makes the first administrator, once, within an hour:")
        print(f"  {link}\n", flush=True)


def down() -> int:
    """Stop the `make up` that runs, wherever it was started."""
    run = running()
    if run is None:
        print("nothing runs")
        return 0
    with step("stopping"):
        if run.pid:
            os.kill(run.pid, signal.SIGTERM)
        deadline = time.monotonic() + DOWN_SECONDS
        while running() and time.monotonic() < deadline:
            time.sleep(LOOK_EVERY)
    if running():
        print(f"process {run.pid} has not ended yet", file=sys.stderr)
        return 1
    return 0


def reset() -> int:
    """Stop what runs and delete all its data."""
    with resetting():
        if down():
            return 1
    shutil.rmtree(LOCAL, ignore_errors=True)
    print("the data in .local is gone")
    return 0


def status() -> int:
    """Check whether every service is ready; the exit code states whether all are."""
    run = running()
    if run is None or not run.services:
        print("it is starting" if run else "nothing runs; make up starts it")
        return 1
    reasons = {name: processes.unready(f"{url}/readyz") for name, url in run.services.items()}
    show(run)
    show_port(run)
    table({name: paint(reason or "ready", "31" if reason else "32") for name, reason in reasons.items()})
    return 1 if any(reasons.values()) else 0


def report_running() -> int:
    """Show where the `make up` is that was there first."""
    run = running()
    if run and run.services:
        print("holdfast runs already here:" if run.ready else "holdfast is being started here already, with these addresses:")
        show(run)
        show_port(run)
    else:
        print("holdfast is being started here already; make status shows when it is ready, and make up then shows its addresses")
    return 0


COMMANDS: dict[str, Callable[[], int]] = {"status": status, "down": down, "reset": reset}

if __name__ == "__main__":
    sys.exit(COMMANDS[sys.argv[1]]())
