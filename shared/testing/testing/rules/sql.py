"""SQL of a capability writes its own tables, and reads those of others through the views that these publish."""

import ast
import re
from importlib import import_module
from pathlib import Path
from typing import Final

from chassis.data.tables import metadata

from testing.rules.package import Package, nodes_of

TABLE: Final = re.compile(r"__tablename__\s*(?::[^=\n]+)?=\s*\"(\w+)\"")
WRITES: Final = re.compile(
    r"\b(?:INTO|DELETE FROM|UPDATE|TRUNCATE(?:\s+TABLE)?|COPY)\s+(?:ONLY\s+)?(?:public\.)?(\w+)",
    re.IGNORECASE,
)
WORD: Final = re.compile(r"[\w.]+|[^\w\s]")
BEGINS_LIST: Final = {"from", "join", "using", "table"}
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


def no_capability_writes_another_ones_tables(package: Package) -> list[str]:
    """Return the tables of others that statements of capabilities write."""
    return [
        f"{package.named(capability)} writes {table}"
        for capability in _owners(package)
        for table in sorted(
            {name for text in texts_of(capability) for name in WRITES.findall(text)} & _tables_of_others(package, capability)
        )
    ]


def no_capability_reads_another_ones_tables(package: Package) -> list[str]:
    """Return the tables of others that SQL of capabilities reads instead of what their owners publish as views."""
    return [
        f"{package.named(capability)} reads {table}"
        for capability in _owners(package)
        for table in sorted({name for text in texts_of(capability) for name in read_in(text)} & _tables_of_others(package, capability))
    ]


def sql_that_writes_stands_in_use_cases_and_tables(package: Package) -> list[str]:
    """Return the tables that SQL in other files of capabilities writes."""
    stored = {name for module in package.folder.rglob("tables.py") for name in TABLE.findall(module.read_text())}
    return [
        f"{package.named(module)} writes {table} by SQL; this belongs in use_cases or tables"
        for module in package.modules_of_capabilities
        if module.stem not in {"use_cases", "tables"}
        for table in sorted({name for text in _texts_in(module) for name in WRITES.findall(text)} & stored)
    ]


def no_capability_names_another_ones_table_to_sqlalchemy(package: Package) -> list[str]:
    """Return the tables of others that capabilities make again with ``table`` or ``Table``."""
    found: list[str] = []
    for module in package.modules:
        named = {
            argument.value
            for node in nodes_of(module)
            if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] in {"table", "Table"}
            for argument in node.args[:1]
            if isinstance(argument, ast.Constant) and isinstance(argument.value, str)
        }
        found += [f"{package.named(module)} names {table}" for table in sorted(named & _tables_of_others(package, module.parent))]
    return found


def what_is_published_is_read_by_another_capability(package: Package) -> list[str]:
    """Return the views that nobody but their owner reads."""
    if not package.capabilities:
        return []
    import_module(f"{package.name}.main")
    tables = import_module(f"{package.name}.tables").Table.metadata.tables.values()
    owners = {table: module.parent for module in package.folder.glob("*/tables.py") for table in TABLE.findall(module.read_text())}
    published = {(table.name, owners[table.name.removeprefix("published_")]) for table in tables if table.is_view}
    read = {(name, other) for other in package.capabilities for text in texts_of(other) for name in PUBLISHED.findall(text)}
    others = {(name, other) for name, owner in published for other in package.capabilities if other != owner}
    return sorted({name for name, _ in published} - {name for name, _ in others & read})


def texts_of(capability: Path) -> list[str]:
    """Return the texts in the modules of a capability but for docstrings, without quotes and with ``{}`` for what is filled in."""
    return [text for module in sorted(capability.glob("*.py")) for text in _texts_in(module)]


def _texts_in(module: Path) -> list[str]:
    texts: list[str] = []
    described = {id(node.value) for node in nodes_of(module) if isinstance(node, ast.Expr)}
    for node in nodes_of(module):
        if isinstance(node, ast.JoinedStr):
            texts.append("".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in described:
            texts.append(node.value)
    return [text.replace('"', "") for text in texts]


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


def _owners(package: Package) -> tuple[Path, ...]:
    return package.capabilities or (package.folder,)


def _tables_of_others(package: Package, capability: Path) -> set[str]:
    """Return the tables of a service whose owner is another of its capabilities, and those of the chassis."""
    others = [module for module in package.folder.glob("*/tables.py") if module.parent != capability]
    return {*metadata.tables, *(name for module in others for name in TABLE.findall(module.read_text()))}
