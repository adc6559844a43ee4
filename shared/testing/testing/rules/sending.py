"""What a use case sends stands in its root function, the one that an edge of the service calls."""

import ast
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from contracts.published import messages

from testing.rules.package import Package, dotted, full_names_in, names_bound_in, tree_of

EDGES: Final = {"__init__", "api", "jobs", "main", "messages"}
SENDER: Final = "use_cases"
SEND: Final = "send"
FUNCTION: Final = (ast.FunctionDef, ast.AsyncFunctionDef)
NAMES: Final = {message.__name__ for message in messages()}
STATING: Final = NAMES | {re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower() for name in NAMES}
"""The classes of messages, and how functions are named that build them: ``RoomChanged``, ``room_changed``."""


def only_edges_call_a_function_that_sends(package: Package) -> list[str]:
    """Return the functions that send and are no use cases, or that no edge calls, or others than edges too.

    One named ``send`` sends what it is given.
    """
    used = {module: full_names_in(tree_of(module), module, dotted(package, module)) for module in package.modules}
    found: set[str] = set()
    for module, function, _ in _sends(package):
        name = f"{dotted(package, module)}.{function}"
        callers = [each for each, names in used.items() if name in names]
        if module.stem != SENDER:
            found.add(f"{name} sends; {SENDER} sends, in the function that an edge calls")
        elif not any(each.stem in EDGES for each in callers):
            found.add(f"{name} sends, and no edge calls it")
        found |= {f"{name} sends, and {package.named(each)} calls it" for each in callers if each.stem not in EDGES}
    return sorted(found)


def what_is_sent_is_named_where_it_is_sent(package: Package) -> list[str]:
    """Return what sends and has in its arguments no class of a message, and no function that is named as one."""
    unnamed = [(module, node) for module, _, node in _sends(package) if not _given(node) & STATING]
    return [f"{package.named(module)}, line {node.lineno}: {ast.unparse(node)}" for module, node in unnamed]


def a_function_named_send_names_no_message(package: Package) -> list[str]:
    """Return what functions named ``send``, which send what they are given, name of messages themselves."""
    return [
        f"{package.named(module)}, line {statement.lineno}: {SEND} names {name}; name it in the function that calls {SEND}"
        for module in package.modules
        for function, statement in _statements(tree_of(module).body)
        if function.rpartition(".")[2] == SEND and isinstance(statement, FUNCTION)
        for name in sorted(_names_in(statement.body) & STATING)
    ]


def _sends(package: Package) -> Iterator[tuple[Path, str, ast.expr]]:
    """Yield each call that sends, or ``send`` where it is handed on, with its module and the function in which it stands."""
    for module in package.modules:
        sending = {bound for bound, name in names_bound_in(module).items() if name.endswith(f".{SEND}")}
        for name, statement in _statements(tree_of(module).body):
            nodes = [node for node in ast.walk(statement) if isinstance(node, ast.expr)]
            calls = {id(node.func): node for node in nodes if isinstance(node, ast.Call)}
            named = [node for node in nodes if _name(node) == SEND or (isinstance(node, ast.Name) and node.id in sending)]
            yield from ((module, name, calls.get(id(node), node)) for node in named if name != SEND)


def _statements(body: list[ast.stmt], prefix: str = "") -> Iterator[tuple[str, ast.stmt]]:
    for statement in body:
        if isinstance(statement, ast.ClassDef):
            yield from _statements(statement.body, f"{statement.name}.")
        else:
            yield f"{prefix}{statement.name}" if isinstance(statement, FUNCTION) else "", statement


def _given(node: ast.expr) -> set[str]:
    """Return the names that stand in the arguments of a call."""
    return _names_in([*node.args, *(keyword.value for keyword in node.keywords)] if isinstance(node, ast.Call) else [])


def _names_in(nodes: Iterable[ast.AST]) -> set[str]:
    return {_name(inner).removeprefix("_") for node in nodes for inner in ast.walk(node)}


def _name(node: ast.AST) -> str:
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""
