"""Which functions of a service call which, as its modules state it: what a reader of a use case has to open."""

import ast
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Final

Function = tuple[Path, str]
"""A module, and a function of it; a method with its class, as ``Window.of``."""

FUNCTION: Final = (ast.FunctionDef, ast.AsyncFunctionDef)


class Module:
    """A module of a service: its functions by name, and which module and name each of its imported names stands for."""

    def __init__(self, path: Path) -> None:
        """Read a module."""
        tree = ast.parse(path.read_text())
        self.functions = dict(_functions(tree))
        self.classes = {node.name for node in tree.body if isinstance(node, ast.ClassDef)}
        self.imports = dict(_imports(tree, path))


def _functions(tree: ast.Module) -> Iterator[tuple[str, ast.stmt]]:
    for node in tree.body:
        if isinstance(node, FUNCTION):
            yield node.name, node
        elif isinstance(node, ast.ClassDef):
            yield from ((f"{node.name}.{method.name}", method) for method in node.body if isinstance(method, FUNCTION))


def _imports(tree: ast.Module, path: Path) -> Iterator[tuple[str, tuple[Path, str]]]:
    """Yield the names that a module imports from its own service, each with the module and the name there; no name for a module itself."""
    service = package_of(path)
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.partition(".")[0] == service.name:
            imported = service.parent.joinpath(*node.module.split("."))
            for alias in node.names:
                as_module = imported / f"{alias.name}.py"
                found = (as_module, "") if as_module.exists() else (imported.with_suffix(".py"), alias.name)
                if found[0].exists():
                    yield alias.asname or alias.name, found


def package_of(path: Path) -> Path:
    """Return the folder of the service's package in which a module is."""
    return next(parent for parent in path.parents if (parent / "main.py").exists())


@cache
def module(path: Path) -> Module:
    """Read a module once."""
    return Module(path)


@cache
def used(function: Function) -> frozenset[Function]:
    """Return what a function uses of its service by name: functions, classes and constants; methods of values are not followed."""
    path, name = function
    here = module(path)
    if name not in here.functions:
        return frozenset()
    found: set[Function] = set()
    for node in ast.walk(here.functions[name]):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            owner = node.value.id
            if owner in here.imports:
                target, inner = here.imports[owner]
                found.add((target, f"{inner}.{node.attr}" if inner else node.attr))
            elif owner in here.classes:
                found.add((path, f"{owner}.{node.attr}"))
            elif owner == "self":
                found.add((path, f"{name.partition('.')[0]}.{node.attr}"))
        elif isinstance(node, ast.Name):
            found.add(here.imports.get(node.id, (path, node.id)))
    return frozenset(found)


def called(function: Function) -> frozenset[Function]:
    """Return the functions of the service that a function calls or hands on, and the rows and statements that it uses of ``tables``."""
    path, _ = function
    return frozenset(
        each for each in used(function) if each[1] in module(each[0]).functions or (each[0].stem == "tables" and each[0] != path)
    )


def reached(
    roots: Iterable[Function], *, within: frozenset[Path] | None = None, by: Callable[[Function], frozenset[Function]] = called
) -> set[Function]:
    """Return the functions that these call in the end; with ``within``, only calls that modules of it make are followed.

    ``by=used`` also returns the classes and constants that they use.
    """
    seen, waiting = set[Function](), list(roots)
    while waiting:
        function = waiting.pop()
        if function not in seen:
            seen.add(function)
            if within is None or function[0] in within:
                waiting += by(function)
    return seen
