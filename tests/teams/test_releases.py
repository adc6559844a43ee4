"""Each package is released with a version, a changelog and ranges that fit; the services are checked and built in one way."""

import re
import tomllib
from pathlib import Path
from typing import Any, Final

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version
from servers.rights import EVERY_SERVICE
from support.repository import ROOT

PACKAGES: Final = {
    folder.parent.name: folder.parent for folder in sorted([*ROOT.glob("shared/*/pyproject.toml"), *ROOT.glob("services/*/pyproject.toml")])
}
SHARED: Final = sorted(set(PACKAGES) - set(EVERY_SERVICE))
WITHOUT_PATHS: Final = {"testpaths", "pythonpath"}
"""What a service's settings of pytest have of their own."""

TESTED: Final = {
    canonicalize_name(name): Version(version)
    for name, version in re.findall(r"^([\w.-]+)==([\w.]+)", (ROOT / "requirements" / "dev.txt").read_text(), re.MULTILINE)
}
"""The versions of the packages of others that everything is tested with."""

every_package = pytest.mark.parametrize("package", PACKAGES)
every_service = pytest.mark.parametrize("service", EVERY_SERVICE)


def project(folder: Path) -> dict[str, Any]:
    """Return what a package's ``pyproject.toml`` states."""
    return tomllib.loads((folder / "pyproject.toml").read_text())


def required(folder: Path) -> list[Requirement]:
    """Return what a package needs, to run, to be tested and to be built."""
    stated = project(folder)
    groups = stated.get("dependency-groups", {}).get("dev", ()), stated.get("build-system", {}).get("requires", ())
    return [Requirement(text) for texts in (stated["project"]["dependencies"], *groups) for text in texts]


def begins_with(requirement: Requirement, tested: Version) -> bool:
    """Whether the versions that are allowed begin with the tested major and minor one."""
    lowest = [Version(part.version) for part in requirement.specifier if part.operator in {">=", "=="}]
    return [(each.major, each.minor) for each in lowest] == [(tested.major, tested.minor)]


@every_package
def test_the_changelog_begins_with_the_version_of_the_package(package: str) -> None:
    versions = re.findall(r"^## (\S+)$", (PACKAGES[package] / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert versions[0] == project(PACKAGES[package])["project"]["version"]


@every_package
def test_the_range_of_a_shared_package_begins_with_the_version_that_the_package_is_tested_with(package: str) -> None:
    for requirement in required(PACKAGES[package]):
        name = canonicalize_name(requirement.name)
        assert name not in EVERY_SERVICE
        if name in SHARED:
            ends = {part.operator: Version(part.version) for part in requirement.specifier}
            tested = Version(project(PACKAGES[name])["project"]["version"])
            assert ends.keys() == {">=", "<"}, requirement
            assert ends[">="] <= tested < ends["<"], requirement
            assert begins_with(requirement, tested), requirement


@pytest.mark.parametrize("package", [*PACKAGES, "."])
def test_the_range_of_a_package_of_others_begins_with_the_version_that_is_tested(package: str) -> None:
    wanted = required(PACKAGES.get(package, ROOT))
    others = [(requirement, canonicalize_name(requirement.name)) for requirement in wanted]
    assert [str(requirement) for requirement, name in others if name not in PACKAGES and not begins_with(requirement, TESTED[name])] == []


@pytest.mark.parametrize(
    ("stated", "is_tested"),
    [("fastapi>=0.50", False), ("fastapi", False), ("fastapi<1", False), ("fastapi>=0.165,<1", True), ("fastapi==0.165.3", True)],
)
def test_nothing_shows_that_a_package_works_with_an_older_version_than_is_tested(stated: str, is_tested: bool) -> None:  # noqa: FBT001
    assert begins_with(Requirement(stated), Version("0.165.3")) is is_tested


@every_service
def test_every_service_is_checked_and_built_in_the_same_way(service: str) -> None:
    first, folder = PACKAGES[EVERY_SERVICE[0]], PACKAGES[service]
    assert (folder / "Makefile").read_text() == (first / "Makefile").read_text()
    assert (folder / "Dockerfile").read_text().replace(service, EVERY_SERVICE[0]) == (first / "Dockerfile").read_text()


@every_service
def test_a_service_is_tested_alone_as_it_is_with_the_others(service: str) -> None:
    settings = project(PACKAGES[service])["tool"]["pytest"]["ini_options"]
    together = project(ROOT)["tool"]["pytest"]["ini_options"]
    assert {key: value for key, value in settings.items() if key not in WITHOUT_PATHS} == {
        key: value for key, value in together.items() if key not in WITHOUT_PATHS
    }
    assert {f"services/{service}/{path}" for path in settings["pythonpath"]} <= set(together["pythonpath"])


@every_service
def test_the_catalog_of_software_names_the_owner_and_the_interfaces_of_a_service(service: str) -> None:
    component, *interfaces = yaml.safe_load_all((PACKAGES[service] / "catalog-info.yaml").read_text())
    assert (component["metadata"]["name"], component["spec"]["owner"]) == (service, f"group:holdfast/{service}")
    has_messages = (PACKAGES[service] / "asyncapi.json").exists()
    assert {each["spec"]["type"]: each["metadata"]["name"] for each in interfaces} == {
        "openapi": f"{service}-http",
        **({"asyncapi": f"{service}-messages"} if has_messages else {}),
    }
    assert component["spec"]["providesApis"] == [each["metadata"]["name"] for each in interfaces]
    assert [each for each in interfaces if not (PACKAGES[service] / each["spec"]["definition"]["$text"]).is_file()] == []
