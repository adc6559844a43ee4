"""Shared packages and the deployment follow the rules of every package; each service's own tests hold it to those of services."""

from typing import Final

import pytest
from servers.rights import SERVICES
from support.repository import ROOT
from testing.rules import OF_EVERY_PACKAGE, Package, Rule

SHARED: Final = [Package.of_project(project.parent) for project in sorted(ROOT.glob("shared/*/pyproject.toml"))]
PACKAGES: Final = [*SHARED, Package(ROOT / "deploy")]
HELD: Final = "tests/contracts/test_rules.py"


@pytest.mark.parametrize("rule", OF_EVERY_PACKAGE, ids=lambda rule: rule.__name__)
@pytest.mark.parametrize("package", PACKAGES, ids=lambda package: package.name)
def test_a_rule_is_followed(package: Package, rule: Rule) -> None:
    broken = rule(package)
    assert not broken, "\n".join(broken)


@pytest.mark.parametrize("service", SERVICES)
def test_every_service_holds_itself_to_the_rules_in_the_same_way(service: str) -> None:
    folders = [ROOT / "services" / name for name in (SERVICES[0], service)]
    first, own = ((folder / HELD).read_text() for folder in folders)
    assert own == first
