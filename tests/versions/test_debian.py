"""Programs of another Debian release are started with what was unpacked with them, and settings name them."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest
from servers.programs import postgres_binaries, rabbitmq_script
from support.repository import ROOT

from versions.__main__ import environment
from versions.debian import BEHIND, POSTGRES, RABBITMQ, NotToBeHadError, Unpacked, release_of, stand_behind_scripts

LOADER: Final = next(iter(sorted(Path("/").glob("lib*/ld-linux-*.so.*")) + sorted(Path("/").glob("lib/*/ld-linux-*.so.*"))), None)
SHELL: Final = Path("/bin/sh")
ERL: Final = "#!/bin/sh\nROOTDIR=/usr/lib/erlang\necho $ROOTDIR\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Lay out a release: a shell in place of PostgreSQL's programs, this machine's loader and C library, and a script of Erlang."""
    if LOADER is None:
        pytest.skip("no loader of Linux")
    libraries, programs, erlang = (tmp_path / "usr" / "lib" / name for name in ("x86_64-linux-gnu", "postgresql/18/bin", "erlang/bin"))
    for folder in (libraries, programs, erlang, tmp_path / "usr/lib/rabbitmq/lib/rabbitmq_server-4.3.6/sbin"):
        folder.mkdir(parents=True)
    shutil.copy(LOADER, libraries / LOADER.name)
    listed = subprocess.run(["ldd", SHELL], capture_output=True, text=True, check=True).stdout  # noqa: S603, S607 (part of the C library)
    for library in (words[2] for line in listed.splitlines() if len(words := line.split()) > 2 and words[2].startswith("/")):
        shutil.copy(library, libraries / Path(library).name)
    shutil.copy(SHELL, programs / "postgres")
    (erlang / "erl").write_text(ERL)
    (erlang / "erl").chmod(0o755)
    (tmp_path / "usr/lib/rabbitmq/lib/rabbitmq_server-4.3.6/sbin/rabbitmq-server").touch()
    return tmp_path


def test_a_program_is_started_with_the_loader_and_the_libraries_that_were_unpacked_with_it(root: Path) -> None:
    program = root / "usr/lib/postgresql/18/bin/postgres"
    for _ in range(2):  # an unpacked release is looked at whenever it is used
        stand_behind_scripts(root)
    shown = subprocess.run([program, "-c", "echo $0; cat /proc/$$/maps"], capture_output=True, text=True, check=True).stdout  # noqa: S603
    name, *maps = shown.splitlines()
    mapped = {line.split()[-1] for line in maps if "/" in line}
    assert name == str(program), "as PostgreSQL finds what lies beside it"
    assert {str(program) + BEHIND} < mapped
    assert all(path.startswith(str(root)) for path in mapped), mapped
    assert [path.name for path in program.parent.iterdir() if path.name.endswith(BEHIND)] == [program.name + BEHIND]


def test_erlang_finds_itself_where_it_was_unpacked(root: Path) -> None:
    stand_behind_scripts(root)
    shown = subprocess.run([root / "usr/lib/erlang/bin/erl"], capture_output=True, text=True, check=True).stdout  # noqa: S603
    assert shown.strip() == str(root / "usr/lib/erlang")


def test_the_servers_that_settings_name_are_used_whatever_else_is_installed(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in environment(Unpacked(root)).items():
        monkeypatch.setenv(name, value)
    assert postgres_binaries.__wrapped__() == root / "usr/lib/postgresql/18/bin"
    assert rabbitmq_script.__wrapped__() == root / "usr/lib/rabbitmq/lib/rabbitmq_server-4.3.6/sbin/rabbitmq-server"
    assert shutil.which("erl") == str(root / "usr/lib/erlang/bin/erl")


@pytest.mark.parametrize(("program", "version", "known"), [("RabbitMQ", "3.13", RABBITMQ), ("PostgreSQL", "16", POSTGRES)])
def test_a_version_that_no_release_has_is_refused_with_those_that_are_there(program: str, version: str, known: dict[str, str]) -> None:
    with pytest.raises(NotToBeHadError, match=f"{program} {version} is in no Debian release; there are {', '.join(known)}"):
        release_of(program, version, known)


@pytest.mark.parametrize(("wanted", "lacking"), [(["--pg=16"], "PostgreSQL 16"), (["--pg=18", "--rabbitmq=3.13"], "RabbitMQ 3.13")])
def test_the_command_gets_nothing_when_one_version_is_not_to_be_had(wanted: list[str], lacking: str, tmp_path: Path) -> None:
    path = os.pathsep.join(str(ROOT / folder) for folder in ("tests", "deploy"))
    command = [sys.executable, "-m", "versions", *wanted, f"--folder={tmp_path}"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env={**os.environ, "PYTHONPATH": path})  # noqa: S603
    assert (done.returncode, list(tmp_path.iterdir())) == (1, [])
    assert done.stderr.startswith(f"{lacking} is in no Debian release")
