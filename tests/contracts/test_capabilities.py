"""Scheduling, rooms and billing are folders of capabilities that are built alike and leave each other's tables alone."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
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
WORD: Final = re.compile(r"[\w.]+|[^\w\s]")
BEGINS_LIST: Final = {"from", "join", "using"}
ENDS_LIST: Final = {
    "select",
    "where",
    "group",
    "having",
    "window",
    "union",
    "except",
    "intersect",
    "order",
    "limit",
    "offset",
    "returning",
    "set",
}
"""What ends the list of a FROM."""
BEFORE_NAME: Final = {"only", "lateral"}
PUBLISHED: Final = re.compile(r"\bpublished_\w+")
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


def texts_of(capability: Path) -> list[str]:
    """Return the texts in the modules of a capability but for docstrings, with ``{}`` for what is filled in."""
    texts: list[str] = []
    for module in sorted(capability.glob("*.py")):
        tree = ast.parse(module.read_text())
        described = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
        for node in ast.walk(tree):
            if isinstance(node, ast.JoinedStr):
                texts.append("".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values))
            elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in described:
                texts.append(node.value)
    return texts


def read_in(sql: str) -> set[str]:
    """Return the names of what a statement, or a part of one, reads from: those in the lists of FROM, JOIN and USING at any depth."""
    found: set[str] = set()
    in_list = [False]
    expected, before = False, ""
    for word in WORD.findall(sql.lower()):
        if word == "(":
            in_list.append(False)
        elif word == ")":
            in_list = in_list[:-1] or [False]
        elif word in ENDS_LIST:
            in_list[-1] = False
        elif expected and word not in BEFORE_NAME:
            found.add(word.rpartition(".")[2])
        if word in BEGINS_LIST and before != "distinct":
            expected = in_list[-1] = True
        elif word not in BEFORE_NAME:
            expected = word == "," and in_list[-1]
        before = word
    return found


@pytest.mark.parametrize("capability", CAPABILITIES, ids=named)
def test_no_capability_writes_another_ones_tables_in_sql(capability: Path) -> None:
    written = {name for module in capability.glob("*.py") for name in WRITES.findall(module.read_text())}
    assert not written & tables_of_others(capability)


@pytest.mark.parametrize("capability", CAPABILITIES, ids=named)
def test_no_capability_reads_another_ones_tables_in_sql(capability: Path) -> None:
    read = {name for text in texts_of(capability) for name in read_in(text)}
    assert read & tables_of_others(capability) == set(), "SQL reads what the owners of these tables publish as views"


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)
def test_what_is_published_is_read_by_another_capability(service: Path) -> None:
    import_module(f"{service.name}.main")
    tables = import_module(f"{service.name}.tables").Table.metadata.tables.values()
    owners = {table: module.parent for module in service.glob("*/tables.py") for table in TABLE.findall(module.read_text())}
    published = {(table.name, owners[table.name.removeprefix("published_")]) for table in tables if table.is_view}
    others = [capability for capability in CAPABILITIES if capability.parent == service]
    read = {(name, other) for other in others for text in texts_of(other) for name in PUBLISHED.findall(text)}
    assert {name for name, owner in published if not any((name, other) in read for other in others if other != owner)} == set()


def test_sql_is_read_with_its_lists_joins_and_parts() -> None:
    statement = """
        WITH part AS (SELECT DISTINCT ON (id) id FROM one WHERE x IS DISTINCT FROM two), other (id) AS MATERIALIZED (SELECT 1 FROM one)
        SELECT extract(year FROM part.day), f(a, b) FROM part LEFT JOIN three AS t USING (id) JOIN {} ON TRUE, LATERAL (
            SELECT FROM four f, ONLY five, (VALUES (six)) AS v, public.seven WHERE f.id = t.id GROUP BY a, b
        ), eight JOIN LATERAL (select from nine) AS n ON f(a, b), ten ORDER BY a, b
    """
    assert read_in(statement) - {"{", "day"} == {"part", "one", "three", "four", "five", "seven", "eight", "nine", "ten"}


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
