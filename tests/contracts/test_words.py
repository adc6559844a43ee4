"""Names are in the words of docs/glossary.md, and docstrings name the errors that are raised."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

import pytest
from chassis import errors

ROOT: Final = Path(__file__).parents[2]
GLOSSARY: Final = (ROOT / "docs" / "glossary.md").read_text()
WORD: Final = re.compile(r"[A-Z]?[a-z0-9]+|[A-Z]+(?![a-z])")
REPLACED: Final = {
    word.strip()
    for row in GLOSSARY.partition("## Words that these replace")[2].splitlines()
    if row.startswith("| ") and not row.startswith("| not |")
    for word in row.split("|")[1].split(",")
}
EXCEPTIONS: Final = {
    "ask_again_after": "the setting HOLDFAST_ASK_AGAIN_AFTER",
    "DeadLetter": "the broker's own term",
    "dead_letters": "the broker's own term",
    "PaperSize": "the size of the paper, as the setting HOLDFAST_PAPER_SIZE names it",
    "open_words": "words of an enumeration that a later release may extend",
    "unknown_words": "words of an enumeration that a later release has added",
    "post_office_box": "an address that insurers refuse",
    "words": "the words of a search",
}
"""Names in which a replaced word has its ordinary meaning, each with the reason."""
SOURCES: Final = sorted(
    module
    for pattern in ("services/*/*/**/*.py", "shared/*/*/**/*.py", "deploy/*/**/*.py")
    for module in ROOT.glob(pattern)
    if not {"tests", "migrations"} & set(module.relative_to(ROOT).parts)
)
FRONT: Final = sorted(module for module in (ROOT / "web" / "src").rglob("*.ts*") if not module.name.endswith(".d.ts"))
FRONT_NAME: Final = re.compile(r"^(?:export )?(?:async )?(?:function|const|interface|type|class) (\w+)|^  readonly (\w+)", re.MULTILINE)
"""What a module of the web front declares, and the properties that its parts take."""
ERRORS: Final = {name for name, value in vars(errors).items() if isinstance(value, type) and issubclass(value, Exception)}


@cache
def tree_of(module: Path) -> ast.Module:
    """Return a module's syntax tree."""
    return ast.parse(module.read_text())


@cache
def nodes_of(module: Path) -> tuple[ast.AST, ...]:
    """Return every node of a module's syntax tree."""
    return tuple(ast.walk(tree_of(module)))


def public_functions(module: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Yield a module's public functions and the public methods of its classes."""
    tree = tree_of(module)
    for node in (*tree.body, *(each for part in tree.body if isinstance(part, ast.ClassDef) for each in part.body)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and not node.name.startswith("_"):
            yield node


def public_names(module: Path) -> Iterator[str]:
    """Yield the module's name and those of its public classes and functions, with their parameters."""
    if module.stem != "__init__":
        yield module.stem
    for node in nodes_of(module):
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and not node.name.startswith("_"):
            yield node.name
            if not isinstance(node, ast.ClassDef):
                yield from (each.arg for each in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs))


def test_the_glossary_lists_the_words_that_it_replaces() -> None:
    assert {"wish", "switchboard", "told"} <= REPLACED


def test_no_public_name_has_a_word_that_the_glossary_replaces() -> None:
    found = {
        f"{module.relative_to(ROOT)}: {name}"
        for module in SOURCES
        for name in public_names(module)
        if name not in EXCEPTIONS and REPLACED & {word.lower() for word in WORD.findall(name)}
    }
    assert found == set()


def test_no_name_of_the_web_front_has_a_word_that_the_glossary_replaces() -> None:
    replaced = REPLACED - {"words"}  # a value in words is its text for people
    found = {
        f"{module.relative_to(ROOT)}: {name}"
        for module in FRONT
        for name in (module.stem, *(name for names in FRONT_NAME.findall(module.read_text()) for name in names))
        if replaced & {word.lower() for word in WORD.findall(name)}
    }
    assert len(FRONT) > 100
    assert found == set()


def test_each_exception_is_still_a_public_name() -> None:
    assert set(EXCEPTIONS) - {name for module in SOURCES for name in public_names(module)} == set()


def test_every_table_class_ends_in_row() -> None:
    tables = {
        f"{module.relative_to(ROOT)}: {node.name}"
        for module in SOURCES
        for node in nodes_of(module)
        if isinstance(node, ast.ClassDef)
        and any(isinstance(each, ast.Assign) and ast.unparse(each.targets[0]) == "__tablename__" for each in node.body)
    }
    assert tables
    assert {table for table in tables if not table.endswith("Row")} == set()


@pytest.mark.parametrize("package", ["catalog", "chassis", "contracts"])
def test_no_two_modules_of_a_flat_package_differ_by_a_letter(package: str) -> None:
    names = sorted({module.stem for module in SOURCES if package in module.parts and module.stem != "__init__"})
    assert [(one, other) for one in names for other in names if other in {f"{one}s", f"{one}es", f"{one.removesuffix('y')}ies"}] == []


def raised(function: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[str]:
    """Yield the domain errors that a function itself raises, by name."""
    todo: list[ast.AST] = [*function.body]
    while todo:
        node = todo.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda):
            continue
        if isinstance(node, ast.Raise) and node.exc is not None:
            names = [
                each.id for each in ast.walk(node.exc.func if isinstance(node.exc, ast.Call) else node.exc) if isinstance(each, ast.Name)
            ]
            yield from (name for name in names if name in ERRORS)
        todo += ast.iter_child_nodes(node)


def test_public_docstrings_name_the_domain_errors_that_are_raised() -> None:
    found = {
        f"{module.relative_to(ROOT)}: {node.name} raises {error}"
        for module in SOURCES
        if module.name != "api.py"  # a route's description names the statuses
        for node in public_functions(module)
        for error in raised(node)
        if error not in (ast.get_docstring(node) or "")
    }
    assert found == set()
