"""Scheduling, rooms and billing are folders of capabilities that are built alike and leave each other's tables alone."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import billing
import pytest
import rooms
import scheduling

MOST_FILES: Final = 10
LONGEST_MODULE: Final = 400
ROLES: Final = ("tables", "schemas", "queries", "use_cases", "jobs", "messages", "api", "__init__")
"""The files of a capability, each of which may use those before it; every other module is pure and is used by all of them."""
EDGES: Final = ("jobs", "messages", "api")
IMPURE: Final = {"aio_pika", "asyncio", "asyncpg", "fastapi", "faststream", "sqlalchemy", "starlette"}
PRIVATE: Final = {"tables", "api", "messages", "jobs"}
"""What no other capability uses."""
TABLE: Final = re.compile(r"__tablename__ = \"(\w+)\"")
WRITES: Final = re.compile(r"\b(?:INSERT INTO|DELETE FROM|UPDATE)\s+(\w+)", re.IGNORECASE)
READ: Final = r"[a-z_]+(?:\s+AS)?(?:\s+[a-z_]+)?"
READS: Final = re.compile(rf"\b(?:FROM|JOIN|USING)\s+({READ}(?:\s*,\s*{READ})*)")
NAMED: Final = re.compile(r"\b(\w+)(?:\s*\([^()]*\))?\s+AS\s+(?:NOT\s+)?(?:MATERIALIZED\s+)?\(")
"""What a statement names itself: a part of its WITH clause."""
READ_IN_SQL: Final = {
    "billing.coverages": {"record", "remittance", "remittance_claim"},
    "billing.records": {"remittance_claim"},
    "billing.reports": {
        "comparison", "comparison_difference", "ledger_entry", "ledger_transaction", "payer", "quote", "record", "record_line",
        "remittance", "remittance_claim", "site_replica", "undone",
    },
}  # fmt: skip
"""The tables of others that a capability names in SQL; all others read them by the columns that the owner's queries offer."""
BESIDE: Final = {"__init__", "main", "settings", "tables"}
"""A service's own files: its table of contents, its settings and the base of its tables."""
SERVICES: Final = [Path(str(service.__file__)).parent for service in (scheduling, rooms, billing)]
CAPABILITIES: Final = [folder.parent for service in SERVICES for folder in sorted(service.glob("*/__init__.py"))]
MODULES: Final = [module for capability in CAPABILITIES for module in sorted(capability.glob("*.py"))]


@dataclass(frozen=True)
class Used:
    """A module that another imports, as far as it is of this service: its capability and its name, or of elsewhere: its package."""

    package: str
    capability: str = ""
    module: str = ""


def used_by(module: Path, *, as_types: bool = True) -> Iterator[Used]:
    """Yield what a module imports, whichever way it is written; not ``as_types``, without what only type checkers import."""
    service = module.parents[1].name
    tree = ast.parse(module.read_text())
    if not as_types:
        tree.body = [node for node in tree.body if not (isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING")]
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        else:
            continue
        for name in names:
            package, *rest = name.split(".")
            if package != service or (module.parents[1] / f"{rest[0]}.py").exists():
                yield Used(package)
            else:
                yield Used(package, rest[0], rest[1] if len(rest) > 1 else "__init__")


def named(path: Path) -> str:
    """Return a short name for the report."""
    return ".".join(path.with_suffix("").parts[-3 if path.suffix else -2 :])


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)
def test_a_service_has_no_module_beside_its_capabilities(service: Path) -> None:
    assert {module.stem for module in service.glob("*.py")} <= BESIDE


@pytest.mark.parametrize("capability", CAPABILITIES, ids=named)
def test_a_capability_has_at_most_ten_files_in_one_folder(capability: Path) -> None:
    assert len(list(capability.glob("*.py"))) <= MOST_FILES
    assert not [folder for folder in capability.glob("*/") if folder.name != "__pycache__"]


@pytest.mark.parametrize("module", MODULES, ids=named)
def test_a_module_has_at_most_four_hundred_lines(module: Path) -> None:
    assert len(module.read_text().splitlines()) <= LONGEST_MODULE


@pytest.mark.parametrize("module", [module for module in MODULES if module.stem not in ROLES], ids=named)
def test_a_module_of_another_name_is_pure(module: Path) -> None:
    assert not {used.package for used in used_by(module)} & IMPURE
    own = {used.module for used in used_by(module) if used.capability == module.parent.name}
    assert not own & set(ROLES)


@pytest.mark.parametrize("module", [module for module in MODULES if module.stem in ROLES], ids=named)
def test_a_file_of_a_capability_uses_only_those_before_it(module: Path) -> None:
    own = {used.module for used in used_by(module) if used.capability == module.parent.name}
    beside = EDGES if module.stem in EDGES else ()
    assert not own & {*ROLES[ROLES.index(module.stem) :], *beside}


@pytest.mark.parametrize("module", MODULES, ids=named)
def test_no_capability_uses_another_ones_tables_or_edges(module: Path) -> None:
    others = {used for used in used_by(module, as_types=False) if used.capability not in {"", module.parent.name}}
    assert not [used for used in others if used.module in PRIVATE]


def tables_of_others(capability: Path) -> set[str]:
    """Return the tables of a service whose owner is another of its capabilities."""
    return {
        name
        for module in capability.parent.glob("*/tables.py")
        if module.parent != capability
        for name in TABLE.findall(module.read_text())
    }


def read_in(source: str) -> set[str]:
    """Return the names that the SQL of a module reads from and does not give itself."""
    return {part.split()[0] for found in READS.findall(source) for part in found.split(",")} - set(NAMED.findall(source))


@pytest.mark.parametrize("capability", CAPABILITIES, ids=named)
def test_no_capability_writes_another_ones_tables_in_sql(capability: Path) -> None:
    written = {name for module in capability.glob("*.py") for name in WRITES.findall(module.read_text())}
    assert not written & tables_of_others(capability)


@pytest.mark.parametrize("capability", CAPABILITIES, ids=named)
def test_the_tables_of_others_that_a_capability_reads_in_sql_are_stated(capability: Path) -> None:
    read = {name for module in capability.glob("*.py") for name in read_in(module.read_text())}
    assert read & tables_of_others(capability) == READ_IN_SQL.get(named(capability), set())


def test_sql_is_read_with_its_lists_joins_and_parts() -> None:
    statement = """
        WITH part AS (SELECT 1 FROM one WHERE x), other (id) AS MATERIALIZED (SELECT 1 FROM one)
        SELECT * FROM part LEFT JOIN two AS t USING (id) JOIN other ON TRUE, LATERAL (SELECT FROM three f, four WHERE f.id = t.id)
    """
    assert read_in(statement) == {"one", "two", "three", "four"}


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)
def test_no_two_modules_of_a_service_differ_by_a_letter(service: Path) -> None:
    capabilities = {folder.parent.name for folder in service.glob("*/__init__.py")}
    names = sorted({module.stem for module in service.glob("**/*.py")} - set(ROLES) | capabilities)
    assert not [(one, other) for one in names for other in names if one < other and _differ_by_a_letter(one, other)]


def _differ_by_a_letter(one: str, other: str) -> bool:
    """Whether one word becomes the other by one letter more, as ``saga`` and ``sagas`` do, or by the ending of a plural."""
    shorter, longer = sorted((one, other), key=len)
    return longer in {shorter + "s", shorter.removesuffix("y") + "ies"} or (
        len(longer) == len(shorter) + 1 and any(longer[:place] + longer[place + 1 :] == shorter for place in range(len(longer)))
    )
