"""Other versions of PostgreSQL and RabbitMQ, unpacked from the packages of several Debian releases beside the system: nothing is installed.

A release's programs need its own C library. So each of them stands behind a script that starts it with the loader and the libraries that
were unpacked with it.
"""

import re
import shlex
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final

from servers.programs import POSTGRES_SETTING, RABBITMQ_SETTING

POSTGRES: Final[Mapping[str, str]] = MappingProxyType({"15": "bookworm", "17": "trixie", "18": "forky"})
RABBITMQ: Final[Mapping[str, str]] = MappingProxyType({"3.10": "bookworm", "4.0": "trixie", "4.3": "forky"})
"""The Debian release that has a version."""
KEYRING: Final = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
USED: Final = re.compile(r"(?:lib|zlib|postgresql-\d|postgresql-client-\d|erlang|rabbitmq-server)")
"""Names of packages that are unpacked; of the others that would be installed with them nothing is used."""
PROGRAMS: Final = ("usr/lib/postgresql/*/bin/*", "usr/lib/erlang/bin/*", "usr/lib/erlang/erts-*/bin/*", "usr/lib/erlang/lib/*/priv/bin/*")
LIBRARIES: Final = ("usr/lib", "lib")
ERLANG: Final = "usr/lib/erlang"
LOADER: Final = "ld-linux-*.so.*"
ELF: Final = b"\x7fELF"
BEHIND: Final = ".unpacked"
"""Ends the name of a program that stands behind a script."""
APT_S: Final = 900


class NotToBeHadError(RuntimeError):
    """A version that no known release has, or no apt with Debian's packages; the message says which."""


@dataclass(frozen=True, slots=True)
class Unpacked:
    """One server's programs, and what the environment has to be so that they are used."""

    root: Path

    def environment(self) -> dict[str, str]:
        """Return the settings that name what is there."""
        found = {}
        for programs in self.root.glob("usr/lib/postgresql/*/bin"):
            found[POSTGRES_SETTING] = str(programs)
        for script in self.root.glob("usr/lib/rabbitmq/lib/rabbitmq_server-*/sbin/rabbitmq-server"):
            found[RABBITMQ_SETTING] = str(script)
        return found

    @property
    def erlang(self) -> Path | None:
        """Return the folder of Erlang's programs, if there are any."""
        folder = self.root / ERLANG / "bin"
        return folder if folder.exists() else None


def release_of(program: str, version: str, known: Mapping[str, str]) -> str:
    """Return the Debian release that has a version; NotToBeHadError when none has."""
    if version not in known:
        message = f"{program} {version} is in no Debian release; there are {', '.join(known)}"
        raise NotToBeHadError(message)
    return known[version]


def unpacked(release: str, package: str, folder: Path) -> Unpacked:
    """Unpack a package of a release, and what it needs, below the folder, unless it is there."""
    root = folder / f"{release}-{package}"
    if not root.exists():
        work = folder / f"{root.name}.incomplete"
        shutil.rmtree(work, ignore_errors=True)
        for archive in _downloaded(release, package, work):
            _run(["dpkg-deb", "-x", str(archive), str(work / "root")])
        (work / "root").rename(root)
        shutil.rmtree(work)
    stand_behind_scripts(root)
    return Unpacked(root)


def _downloaded(release: str, package: str, work: Path) -> list[Path]:
    """Download a package of a release and what it needs, by the machine's own apt but with nothing of its state."""
    for place in ("lists/partial", "archives/partial", "parts", "debs"):
        (work / place).mkdir(parents=True)
    (work / "status").touch()
    (work / "sources.list").write_text(f"deb [signed-by={KEYRING}] {_mirror()} {release} main\n")
    settings = {
        "Dir::Etc::sourcelist": work / "sources.list",
        "Dir::Etc::sourceparts": work / "parts",
        "Dir::State::lists": work / "lists",
        "Dir::State::status": work / "status",
        "Dir::Cache": work,
        "Dir::Cache::archives": work / "archives",
        "Acquire::Languages": "none",
        "Acquire::Check-Valid-Until": "false",
        "APT::Sandbox::User": "root",
        "APT::Update::Post-Invoke-Success": "",
    }
    apt = ["apt-get", "-qq", *(part for name, value in settings.items() for part in ("-o", f"{name}={value}"))]
    _run([*apt, "update"])
    planned = _run([*apt, "--no-install-recommends", "--print-uris", "-y", "install", package])
    names = {line.split()[1].partition("_")[0] for line in planned.splitlines() if line.startswith("'")}
    _run([*apt, "download", *sorted(name for name in names if USED.match(name))], work / "debs")
    return sorted((work / "debs").glob("*.deb"))


def _mirror() -> str:
    """Return where this machine gets Debian's packages from."""
    if shutil.which("apt-get") is None or not KEYRING.exists():
        message = "other versions come from Debian's packages: this needs apt-get and the package debian-archive-keyring"
        raise NotToBeHadError(message)
    listed = _run(["apt-get", "indextargets", "--format", "$(REPO_URI) $(ORIGIN) $(CODENAME)", "Created-By: Packages"])
    found = [line.split()[0] for line in listed.splitlines() if re.fullmatch(r"\S+ Debian [a-z]+", line)]
    if not found:
        message = "apt knows no source of Debian's packages"
        raise NotToBeHadError(message)
    return found[0]


def stand_behind_scripts(root: Path) -> None:
    """Put a script before each program below the root, which starts it with the root's own loader and libraries."""
    loader = next(found for folder in LIBRARIES for found in sorted(root.glob(f"{folder}/*/{LOADER}")))
    folders = sorted({found.parent for folder in LIBRARIES for found in root.glob(f"{folder}/*-linux-*/**/lib*.so.*")})
    libraries = ":".join(map(str, folders))
    for program in (path for pattern in PROGRAMS for path in sorted(root.glob(pattern))):
        if program.is_symlink() or program.name.endswith(BEHIND) or not program.is_file():
            continue
        with program.open("rb") as start:
            is_elf = start.read(len(ELF)) == ELF
        if is_elf:
            behind = program.with_name(program.name + BEHIND)
            program.rename(behind)
            words = [str(loader), "--argv0", str(program), "--library-path", libraries, str(behind)]
            program.write_text(f'#!/bin/sh\nexec {shlex.join(words)} "$@"\n')
            program.chmod(0o755)
    for script in root.glob("usr/lib/erlang/**/bin/erl"):
        script.write_text(re.sub(r"ROOTDIR=/usr/lib/erlang\b", f"ROOTDIR={shlex.quote(str(root / ERLANG))}", script.read_text()))


def _run(command: list[str], folder: Path | None = None) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=APT_S, cwd=folder)  # noqa: S603 (our own)
    if done.returncode:
        message = f"{command[0]} failed: {done.stderr.strip()}"
        raise NotToBeHadError(message)
    return done.stdout
