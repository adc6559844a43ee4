"""The READMEs of services list their capabilities from the top of their layers to the bottom, and the modules that decide."""

import re
import tomllib
from pathlib import Path
from typing import Final

import pytest
from support.repository import ROOT

SERVICES: Final = ("billing", "identity", "rooms", "scheduling")
ROW: Final = re.compile(r"^\| `(\w+)` \|.*", re.MULTILINE)
MODULE: Final = re.compile(r"`(\w+\.py)`")
ROLES: Final = {"__init__", "api", "schemas", "messages", "jobs", "use_cases", "queries", "tables"}


@pytest.mark.parametrize("service", SERVICES)
def test_a_readme_lists_the_capabilities_in_the_order_of_their_layers(service: str) -> None:
    listed = list(table_of(service))
    assert sorted(listed) == sorted(path.parent.name for path in package(service).glob("*/__init__.py"))
    layers = [layer.split(" | ") for layer in layers_of(service)]
    depth = {name: number for number, names in enumerate(layers) for name in names}
    assert [depth[name] for name in listed] == sorted(depth[name] for name in listed)


@pytest.mark.parametrize("service", ["identity", "rooms", "scheduling"])
def test_a_readme_names_the_pure_modules_of_each_capability(service: str) -> None:
    named = {name: sorted(MODULE.findall(row.split("|")[3])) for name, row in table_of(service).items()}
    assert named == {name: sorted(path.name for path in (package(service) / name).glob("*.py") if path.stem not in ROLES) for name in named}


def test_the_readme_of_catalog_names_its_modules() -> None:
    readme = (ROOT / "services/catalog/README.md").read_text()
    modules = {path.name for path in package("catalog").glob("*.py")} - {"__init__.py"}
    assert set(re.findall(r"^\| `(\w+\.py)` \|", readme, re.MULTILINE)) == modules


def package(service: str) -> Path:
    """Return the folder of a service's code."""
    return ROOT / "services" / service / service


def table_of(service: str) -> dict[str, str]:
    """Return the rows of the table of capabilities in a README, by capability."""
    text = (ROOT / "services" / service / "README.md").read_text()
    [table] = re.findall(r"^\| capability \|.*?\n(?=\n)", text, re.MULTILINE | re.DOTALL)
    return {match[1]: match[0] for match in ROW.finditer(table)}


def layers_of(service: str) -> list[str]:
    """Return the layers of a service, as import-linter holds them."""
    contracts = tomllib.loads((ROOT / "services" / service / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    [layers] = [contract["layers"] for contract in contracts if contract["type"] == "layers" and contract["containers"] == [service]]
    return [layer.strip("()") for layer in layers]
