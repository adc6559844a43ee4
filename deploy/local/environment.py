"""The Python environment of the project: exactly the pinned, hashed packages, and the services themselves."""

import ast
import hashlib
import os
import subprocess
import sys
from pathlib import Path

from local.install import NotInstalledError, install
from local.terminal import step

ROOT = Path(__file__).parents[2]
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / "holdfast.stamp"
BOOTSTRAP = ROOT / "requirements" / "uv.txt"
REQUIREMENTS = ROOT / "requirements" / "dev.txt"
# uv does not read pip's configuration, and on some machines that is where the way to the packages is written.
UV_NAMES = {
    "index-url": "UV_DEFAULT_INDEX",
    "extra-index-url": "UV_INDEX",
    "find-links": "UV_FIND_LINKS",
    "cert": "SSL_CERT_FILE",
}


class NotPreparedError(RuntimeError):
    """The environment could not be made; the message is the tool's own."""


def prepare() -> None:
    """Make or refresh `.venv`; nothing happens when the requirements are those of the last time."""
    packages = [folder.parent for folder in sorted([*ROOT.glob("shared/*/pyproject.toml"), *ROOT.glob("services/*/pyproject.toml")])]
    wanted = digest([BOOTSTRAP, REQUIREMENTS, *(package / "pyproject.toml" for package in packages)])
    if STAMP.exists() and STAMP.read_text() == wanted:
        return
    install(["python3-venv"])
    with step("environment: .venv"):
        _run([sys.executable, "-m", "venv", str(VENV)])
        _run([str(PYTHON), "-m", "pip", "install", "--quiet", "--require-hashes", "-r", str(BOOTSTRAP)])
        env = _uv_env()
    uv = [str(VENV / "bin" / "uv"), "pip"]
    target = ["--quiet", "--python", str(PYTHON)]
    with step("environment: packages"):
        _run([*uv, "sync", *target, "--compile-bytecode", "--require-hashes", str(BOOTSTRAP), str(REQUIREMENTS)], env)
        editable = [part for package in packages for part in ("-e", str(package))]
        _run([*uv, "install", *target, "--no-deps", "--no-build-isolation", *editable], env)
    STAMP.write_text(wanted)


def separate(name: str) -> Path:
    """Make or refresh the environment of a tool that is kept from the project's own packages; return the folder of its programs.

    It is `.local/<name>`, with exactly what requirements/<name>.txt pins.
    """
    place, pinned = ROOT / ".local" / name, ROOT / "requirements" / f"{name}.txt"
    stamp, wanted = place / STAMP.name, digest([pinned])
    if not stamp.exists() or stamp.read_text() != wanted:
        uv, env = str(VENV / "bin" / "uv"), _uv_env()
        _run([uv, "venv", "--quiet", "--clear", "--python", sys.executable, str(place)], env)
        _run([uv, "pip", "sync", "--quiet", "--python", str(place / "bin" / "python"), "--require-hashes", str(pinned)], env)
        stamp.write_text(wanted)
    return place / "bin"


def clean_env() -> dict[str, str]:
    """Return the environment without traces of another Python environment or of this package's path."""
    foreign = {"VIRTUAL_ENV", "CONDA_PREFIX", "PYTHONPATH", "PYTHONHOME", "UV_SYSTEM_PYTHON"}
    return {name: value for name, value in os.environ.items() if name not in foreign}


def _uv_env() -> dict[str, str]:
    """Return the environment for uv, with what pip is configured to use where uv has no other setting."""
    stated = subprocess.run([PYTHON, "-m", "pip", "config", "list"], capture_output=True, text=True, check=False, env=clean_env()).stdout
    # pip takes its sources as equals; that is safe here because every package is pinned by its hash.
    env = {"UV_INDEX_STRATEGY": "unsafe-best-match", **clean_env()}
    for line in stated.splitlines():
        name, _, value = line.partition("=")
        key = UV_NAMES.get(name.rpartition(".")[2])
        if key and value and key not in os.environ:
            env[key] = str(ast.literal_eval(value)).replace("\n", " ")
    return env


def digest(files: list[Path]) -> str:
    """Return what changes when one of the files, the Python or the place of the project does."""
    content = hashlib.sha256(f"{sys.version_info[:2]} {ROOT}".encode())
    for file in files:
        content.update(file.read_bytes())
    return content.hexdigest()


def _run(command: list[str], env: dict[str, str] | None = None) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=env or clean_env(), cwd=ROOT)
    if done.returncode:
        message = f"{' '.join(command[:4])} … failed:\n{done.stdout}{done.stderr}"
        raise NotPreparedError(message)


def main() -> int:
    """Prepare the environment, or exit with the tool's own message."""
    try:
        prepare()
    except (NotPreparedError, NotInstalledError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
