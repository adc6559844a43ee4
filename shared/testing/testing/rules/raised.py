"""The domain errors that a function of a module raises: itself, or through other functions and private methods of the same module."""

import ast
import builtins
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from chassis import errors

from testing.rules.package import nodes_of, tree_of

Function = ast.FunctionDef | ast.AsyncFunctionDef

ERRORS: Final = {name: value for name, value in vars(errors).items() if isinstance(value, type) and issubclass(value, Exception)}
RAISING: Final = {"require": "NotFound", "check_version": "Stale"}
"""Functions of the chassis by which an error is raised."""
BUILDING: Final = {"invalid": "Invalid"}
"""Functions of the chassis that build an error, for a ``raise`` or for an answer."""


def errors_raised(function: Function, module: Path) -> set[str]:
    """Return the names of the domain errors that leave a function of a module.

    A function of the module counts wherever it is named, called or passed on, and so does an error that one builds for a ``raise``; what is
    caught on the way does not count. Methods are found by their names if these are private, whichever class has them; functions inside a
    function are left out.
    """
    return _CallPath(_functions(module), (function,)).leaving(function.body)


@dataclass(frozen=True)
class _CallPath:
    """The functions that lead from a public one to the one that is read, which is the last."""

    known: dict[str, list[Function]]
    functions: tuple[Function, ...]

    def leaving(self, nodes: Iterable[ast.AST]) -> set[str]:
        """Return the errors that leave parts of the last function."""
        return {error for node in nodes for error in self._leaving(node)}

    def _leaving(self, node: ast.AST) -> set[str]:
        if isinstance(node, Function | ast.ClassDef):
            return set()
        if isinstance(node, ast.Try | ast.TryStar):
            caught = {name for handler in node.handlers if not _raises_again(handler) for name in _caught_by(handler)}
            inside = {error for error in self.leaving(node.body) if not _is_one_of(error, caught)}
            return inside | self.leaving([*node.handlers, *node.orelse, *node.finalbody])
        found = self.leaving(ast.iter_child_nodes(node))
        if isinstance(node, ast.Call) and (through := RAISING.get(_name_of(node.func))):
            found.add(through)
        if isinstance(node, ast.Raise) and node.exc is not None:
            found |= self.built_by(node.exc)
        for path in self._paths_to(_own_name(node)):
            found |= path.leaving(path.functions[-1].body)
        return found

    def built_by(self, expression: ast.expr) -> set[str]:
        """Return the errors that an expression makes, also by a function that returns them or in a name of the last function."""
        if isinstance(expression, ast.Await):
            return self.built_by(expression.value)
        if isinstance(expression, ast.Name) and expression.id not in ERRORS:
            return {error for value in _values_of(expression.id, self.functions[-1]) for error in self.built_by(value)}
        expression = expression.func if isinstance(expression, ast.Call) else expression
        names = _names_in(expression)
        paths = [path for node in ast.walk(expression) for path in self._paths_to(_own_name(node))]
        returned = {error for path in paths for value in _returned_by(path.functions[-1]) for error in path.built_by(value)}
        return names & ERRORS.keys() | {BUILDING[name] for name in names & BUILDING.keys()} | returned

    def _paths_to(self, name: str) -> "list[_CallPath]":
        """Return the paths on to the functions of a name: none to one that this path has passed, nor from private ones to public ones.

        A private function may call a public one for what it knows to be there.
        """
        if self.functions[-1].name.startswith("_") and not name.startswith("_"):
            return []
        functions = [function for function in self.known.get(name, ()) if function not in self.functions]
        return [_CallPath(self.known, (*self.functions, function)) for function in functions]


def _name_of(node: ast.AST) -> str:
    """Return a name, or the last part of one with attributes; nothing of another node."""
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""


def _own_name(node: ast.AST) -> str:
    """Return a name that may be of a function of the same module: one without attributes, or a private one."""
    name = _name_of(node)
    return name if isinstance(node, ast.Name) or name.startswith("_") else ""


def _names_in(expression: ast.AST) -> set[str]:
    return {_name_of(node) for node in ast.walk(expression)} - {""}


def _values_of(name: str, function: Function) -> list[ast.expr]:
    """Return what a function gives to a name, other names aside."""
    targets = [(node.target, node.value) for node in ast.walk(function) if isinstance(node, ast.NamedExpr | ast.AnnAssign)]
    targets += [(target, node.value) for node in ast.walk(function) if isinstance(node, ast.Assign) for target in node.targets]
    return [value for target, value in targets if value is not None and _name_of(target) == name and not isinstance(value, ast.Name)]


def _returned_by(function: Function) -> list[ast.expr]:
    return [node.value for node in ast.walk(function) if isinstance(node, ast.Return) and node.value is not None]


def _caught_by(handler: ast.ExceptHandler) -> set[str]:
    return {"BaseException"} if handler.type is None else _names_in(handler.type)


def _raises_again(handler: ast.ExceptHandler) -> bool:
    """Whether a handler may raise what it has caught."""
    raised = [node.exc for node in ast.walk(handler) if isinstance(node, ast.Raise)]
    return any(exc is None or _name_of(exc) == handler.name for exc in raised)


def _is_one_of(error: str, exceptions: set[str]) -> bool:
    """Whether an error is caught under one of these names."""
    classes = [ERRORS.get(name, getattr(builtins, name, None)) for name in exceptions]
    return any(isinstance(each, type) and issubclass(ERRORS[error], each) for each in classes)


@cache
def _functions(module: Path) -> dict[str, list[Function]]:
    """Return the functions and private methods of a module by name."""
    outer = set(tree_of(module).body)
    found: dict[str, list[Function]] = {}
    for node in nodes_of(module):
        if isinstance(node, Function) and (node in outer or node.name.startswith("_")):
            found.setdefault(node.name, []).append(node)
    return found
