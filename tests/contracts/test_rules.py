"""Shared packages and the deployment follow the rules of every package; each service's own tests hold it to those of services."""

import tomllib
from pathlib import Path
from typing import Any, Final

import pytest
from servers.rights import EVERY_SERVICE
from support.repository import ROOT
from testing.rules import OF_EVERY_PACKAGE, Package, Rule
from testing.rules.unused import names_that_nothing_uses

SHARED: Final = [Package.of_project(project.parent) for project in sorted(ROOT.glob("shared/*/pyproject.toml"))]
PACKAGES: Final = [*SHARED, Package(ROOT / "deploy")]
HELD: Final = "tests/contracts/test_rules.py"
ORDER: Final = ["(api) | (messages) | (jobs)", "(use_cases)", "(queries)", "(schemas)", "(tables)"]
"""The files of a capability, each of which uses those after it."""


def of_service(name: str) -> Package:
    """Return the package of a service."""
    return Package.of_project(ROOT / "services" / name)


def modules_of(folders: str) -> list[Path]:
    """Return the modules in folders of the repository."""
    return [module for folder in ROOT.glob(folders) for module in sorted(folder.rglob("*.py"))]


@pytest.mark.parametrize("rule", OF_EVERY_PACKAGE, ids=lambda rule: rule.__name__)
@pytest.mark.parametrize("package", PACKAGES, ids=lambda package: package.name)
def test_a_rule_is_followed(package: Package, rule: Rule) -> None:
    broken = rule(package)
    assert not broken, "\n".join(broken)


def test_what_services_and_shared_packages_define_is_used_by_more_than_tests() -> None:
    packages = [package for package in (*map(of_service, EVERY_SERVICE), *SHARED) if package.name != "testing"]
    others = [*modules_of("deploy"), *modules_of("docs"), *modules_of("services/*/docs"), *modules_of("services/*/migrations")]
    assert not (unused := names_that_nothing_uses(packages, others)), "\n".join(unused)


def test_what_the_package_for_tests_defines_is_used() -> None:
    testing = [package for package in SHARED if package.name == "testing"]
    others = [*modules_of("tests"), *modules_of("s*/*/tests")]
    assert not (unused := names_that_nothing_uses(testing, others)), "\n".join(unused)


@pytest.mark.parametrize("service", EVERY_SERVICE)
def test_every_service_holds_itself_to_the_rules_in_the_same_way(service: str) -> None:
    folders = [ROOT / "services" / name for name in (EVERY_SERVICE[0], service)]
    first, own = ((folder / HELD).read_text() for folder in folders)
    assert own == first


@pytest.mark.parametrize(
    "service", [package for package in map(of_service, EVERY_SERVICE) if package.capabilities], ids=lambda package: package.name
)
def test_the_order_of_files_is_a_contract_of_imports_for_every_capability(service: Package) -> None:
    settings: dict[str, Any] = tomllib.loads((service.folder.parent / "pyproject.toml").read_text())["tool"]["importlinter"]
    orders = [each for each in settings["contracts"] if each.get("containers") == [f"{service.name}.*"]]
    assert [each["layers"] for each in orders] == [ORDER]
    assert not [each for each in settings["contracts"] if "ignore_imports" in each], "no import is excepted: move what both need"
