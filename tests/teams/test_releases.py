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
from servers.rights import SERVICES
from support.repository import ROOT

PACKAGES: Final = {
    folder.parent.name: folder.parent for folder in sorted([*ROOT.glob("shared/*/pyproject.toml"), *ROOT.glob("services/*/pyproject.toml")])
}
SHARED: Final = sorted(set(PACKAGES) - set(SERVICES))
WITHOUT_PATHS: Final = {"testpaths", "pythonpath"}
"""What a service's settings of pytest have of their own."""

every_package = pytest.mark.parametrize("package", PACKAGES)
every_service = pytest.mark.parametrize("service", SERVICES)


def project(folder: Path) -> dict[str, Any]:
    """Return what a package's ``pyproject.toml`` states."""
    return tomllib.loads((folder / "pyproject.toml").read_text())


@every_package
def test_the_changelog_begins_with_the_version_of_the_package(package: str) -> None:
    versions = re.findall(r"^## (\S+)$", (PACKAGES[package] / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert versions[0] == project(PACKAGES[package])["project"]["version"]


@every_package
def test_the_range_of_a_shared_package_begins_with_the_version_that_the_package_is_tested_with(package: str) -> None:
    stated = project(PACKAGES[package])
    wanted = [Requirement(text) for text in [*stated["project"]["dependencies"], *stated.get("dependency-groups", {}).get("dev", ())]]
    for requirement in wanted:
        name = canonicalize_name(requirement.name)
        assert name not in SERVICES
        if name in SHARED:
            ends = {part.operator: Version(part.version) for part in requirement.specifier}
            tested = Version(project(PACKAGES[name])["project"]["version"])
            assert ends.keys() == {">=", "<"}, requirement
            assert ends[">="] <= tested < ends["<"], requirement
            # nothing shows that it works with an older one
            assert (ends[">="].major, ends[">="].minor) == (tested.major, tested.minor), requirement


@every_service
def test_every_service_is_checked_and_built_in_the_same_way(service: str) -> None:
    first, folder = PACKAGES[SERVICES[0]], PACKAGES[service]
    assert (folder / "Makefile").read_text() == (first / "Makefile").read_text()
    assert (folder / "Dockerfile").read_text().replace(service, SERVICES[0]) == (first / "Dockerfile").read_text()


@every_service
def test_a_service_is_tested_alone_as_it_is_with_the_others(service: str) -> None:
    settings = project(PACKAGES[service])["tool"]["pytest"]["ini_options"]
    together = project(ROOT)["tool"]["pytest"]["ini_options"]
    assert {key: value for key, value in settings.items() if key not in WITHOUT_PATHS} == {
        key: value for key, value in together.items() if key not in WITHOUT_PATHS
    }
    assert {f"services/{service}/{path}" for path in settings["pythonpath"]} <= set(together["pythonpath"])


@every_service
def test_the_catalog_of_software_names_the_owner_and_both_interfaces_of_a_service(service: str) -> None:
    component, *interfaces = yaml.safe_load_all((PACKAGES[service] / "catalog-info.yaml").read_text())
    assert (component["metadata"]["name"], component["spec"]["owner"]) == (service, f"group:holdfast/{service}")
    assert {each["spec"]["type"]: each["metadata"]["name"] for each in interfaces} == {
        "openapi": f"{service}-http",
        "asyncapi": f"{service}-messages",
    }
    assert component["spec"]["providesApis"] == [each["metadata"]["name"] for each in interfaces]
    assert [each for each in interfaces if not (PACKAGES[service] / each["spec"]["definition"]["$text"]).is_file()] == []
