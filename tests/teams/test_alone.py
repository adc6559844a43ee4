"""A service stands alone: its folder, the wheels of the shared packages and its pinned requirements are all that its tests need."""

import ast
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Final
from xml.etree import ElementTree as ET

import pytest
from servers.rights import EVERY_SERVICE
from support.repository import ROOT, tracked

SERVICE: Final = "rooms"
SHARED: Final = ("contracts", "servers", "chassis", "testing")
ONLY_HERE: Final = ("bench", "browser", "demo", "front", "local", "support")
"""What the repository has beside the packages."""
LIMIT_S: Final = 800
PINNED: Final = re.compile(r"^([A-Za-z0-9._-]+)==", re.MULTILINE)
REACHES_OUT: Final = """
from importlib import import_module

import pytest


@pytest.mark.parametrize("service", {others})
def test_imports_another_service(service):
    import_module(service)


def test_uses_a_fixture_of_the_repository(network):
    del network
"""
"""What only works in the repository: these tests have to fail, all the others have to pass."""


def test_a_service_and_the_wheels_in_an_empty_folder_pass_its_tests_without_the_other_services(tmp_path: Path) -> None:
    service, packages = tmp_path / SERVICE, tmp_path / "packages"
    copy_of(ROOT / "services" / SERVICE, service)
    link_pinned(service / "requirements-check.txt", packages)
    install_wheels(tmp_path)
    others = [name for name in EVERY_SERVICE if name != SERVICE]
    (service / "tests" / "test_reaches_out.py").write_text(REACHES_OUT.format(others=others))
    passed, failed = run_tests(service, tmp_path)
    expected = {"test_uses_a_fixture_of_the_repository", *(f"test_imports_another_service[{name}]" for name in others)}
    assert failed == expected
    assert len(passed) > len(list(Path(service, "tests").glob("contracts/test_*.py"))) > 0


@pytest.mark.parametrize("service", EVERY_SERVICE)
def test_no_module_and_no_test_of_a_service_uses_another_service_or_what_only_the_repository_has(service: str) -> None:
    elsewhere = {*EVERY_SERVICE, *ONLY_HERE} - {service}
    modules = [path for path in tracked() if path.is_relative_to(Path("services", service)) and path.suffix == ".py"]
    assert [f"{path}: {name}" for path in modules for name in sorted(imported(path) & elsewhere)] == []


def imported(path: Path) -> set[str]:
    """Return the packages that a module imports, anywhere in it."""
    found: set[str] = set()
    for node in ast.walk(ast.parse((ROOT / path).read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.partition(".")[0])
    return found


def copy_of(folder: Path, target: Path) -> None:
    """Copy the files of a folder that belong to the repository."""
    for file in tracked():
        if (ROOT / file).is_relative_to(folder):
            copied = target / (ROOT / file).relative_to(folder)
            copied.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / file, copied)


def link_pinned(requirements: Path, folder: Path) -> None:
    """Make the pinned packages importable from a folder, and no others that are installed here."""
    folder.mkdir()
    for name in PINNED.findall(requirements.read_text()):
        for installed in top_level(name):
            link = folder / installed.name
            if not link.exists():
                link.symlink_to(installed)


def top_level(name: str) -> Iterator[Path]:
    """Yield the files and folders of an installed package; none of one that is for another system."""
    try:
        found = distribution(name)
    except PackageNotFoundError:
        return
    for part in sorted({file.parts[0] for file in found.files or ()} - {"..", "__pycache__"}):
        yield Path(str(found.locate_file(part)))


def install_wheels(folder: Path) -> None:
    """Build the wheels of the shared packages and install them, and nothing that they need, below a folder."""
    uv = Path(sys.executable).with_name("uv")
    for package in SHARED:
        built = ["build", "--quiet", "--wheel", "--offline", "--no-build-isolation", "--python", sys.executable]
        succeed(uv, *built, "--out-dir", folder / "wheels", ROOT / "shared" / package)
    installed = [
        "pip",
        "install",
        "--quiet",
        "--offline",
        "--no-index",
        "--no-deps",
        "--python",
        sys.executable,
        "--target",
        folder / "site",
    ]
    succeed(uv, *installed, *(folder / "wheels").glob("*.whl"))


def run_tests(service: Path, folder: Path) -> tuple[set[str], set[str]]:
    """Run the tests that need no server, and return the names of those that passed and of those that did not.

    Python starts without ``site``, so that the packages installed here, the other services among them, are not found. Properties are tried
    with few examples: whether they hold is proved elsewhere.
    """
    report = folder / "report.xml"
    options = ["-q", "-p", "no:cacheprovider", "--hypothesis-profile=few", "-m", "not servers", "--junitxml", report]
    command = [sys.executable, "-S", "-m", "pytest", *options]
    path = os.pathsep.join([str(folder / "site"), str(folder / "packages")])
    env = {"PATH": os.environ["PATH"], "HOME": str(folder), "PYTHONPATH": path}
    done = run(*command, cwd=service, env=env)
    assert report.exists(), done.stdout + done.stderr
    cases = list(ET.parse(report).iter("testcase"))  # noqa: S314 (written by our own run)
    failed = {case.attrib["name"] for case in cases if case.find("failure") is not None or case.find("error") is not None}
    return {case.attrib["name"] for case in cases} - failed, failed


def succeed(*command: str | Path) -> None:
    """Run a program that has to succeed."""
    done = run(*command)
    assert done.returncode == 0, done.stdout + done.stderr


def run(*command: str | Path, cwd: Path = ROOT, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """Run a program and return what it printed."""
    return subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, check=False, timeout=LIMIT_S)  # noqa: S603 (our own programs)
