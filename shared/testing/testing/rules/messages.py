"""Contracts hold messages and value types; what is done with them is written where it is done."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from testing.rules.package import Package, nodes_of, tree_of

MACHINERY: Final = {"envelope", "forms", "message", "open_words", "published"}
"""The modules by which messages are declared, written and read."""
HEADERS: Final = ("subject", "correlation", "sequence")
"""What a message states beside its fields: a property that returns it."""
CHECKS: Final = {"AfterValidator", "BeforeValidator", "PlainSerializer"}
"""What pydantic is given functions by, where a value type is declared."""
MAKES_IDS: Final = "new_id"
FUNCTION: Final = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)


def contracts_hold_messages_and_value_types_alone(package: Package) -> list[str]:
    """Return the functions of contract modules that are no validator of a value type and no header of a message."""
    return [
        f"{package.named(module)}, line {node.lineno}: {ast.unparse(node).splitlines()[0]} belongs to who uses the message; "
        f"a contract has validators of its value types and the properties {', '.join(HEADERS)} of its messages"
        for module in package.modules
        if module.stem not in MACHINERY
        for allowed in [set(_allowed_in(module))]
        for node in nodes_of(module)
        if isinstance(node, FUNCTION) and node not in allowed
    ]


def _allowed_in(module: Path) -> Iterator[ast.AST]:
    checks = [node for node in nodes_of(module) if isinstance(node, ast.Call) and ast.unparse(node.func) in CHECKS]
    given = [argument for check in checks for argument in check.args]
    yield from given
    names = {ast.unparse(each) for each in given} | {MAKES_IDS}
    for statement in tree_of(module).body:
        if isinstance(statement, ast.ClassDef):
            yield from (each for each in statement.body if isinstance(each, ast.FunctionDef) and _is_header(each))
        elif isinstance(statement, ast.FunctionDef) and statement.name in names:
            yield statement


def _is_header(method: ast.FunctionDef) -> bool:
    """Whether a method is a property that states a header and does nothing else."""
    *described, last = method.body
    is_property = [ast.unparse(each) for each in method.decorator_list] == ["property"]
    return method.name in HEADERS and is_property and isinstance(last, ast.Return) and all(isinstance(each, ast.Expr) for each in described)
