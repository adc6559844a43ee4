"""What a module defines is used: by another part of it, or by another module that is no test."""

import ast
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

from testing.rules.package import Package, chain_of, dotted, full_names_in, names_bound_in, tree_of

DEFINITION: Final = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
ENTRY: Final = {"main": "app", "event_loop": "EventLoop"}
"""What a service's server takes from its command line, by module."""
CALLED_BY_OTHERS: Final = {"api", "fixtures"}
"""Modules whose decorated functions FastAPI and pytest call."""
HOOK: Final = "pytest_"
"""How the functions begin that pytest calls by their names."""


def names_that_nothing_uses(packages: Sequence[Package], others: Iterable[Path] = ()) -> list[str]:
    """Return the functions, classes and constants of packages that neither these packages nor the other modules use."""
    modules = {module: (package, dotted(package, module)) for package in packages for module in package.modules}
    used = {name for module, (_, own) in modules.items() for name in _used_in(module, own)}
    used |= {name for module in others for name in _used_in(module)}
    return [
        f"{package.named(module)}, line {statement.lineno}: nothing but tests uses {name}; remove it"
        for module, (package, own) in modules.items()
        for statement in tree_of(module).body
        for name in _defined_by(statement, module.stem)
        if f"{own}.{name}" not in used
    ]


def _used_in(module: Path, own: str = "") -> set[str]:
    """Return the full names of what a module imports, and of what its statements use of each other."""
    used = set(names_bound_in(module).values())
    for statement in tree_of(module).body:
        used |= full_names_in(statement, module, own) - {f"{own}.{getattr(statement, 'name', '')}"}
    return used


def _defined_by(statement: ast.stmt, module: str) -> Iterator[str]:
    """Yield the names that a statement of a module defines and that something has to use."""
    if isinstance(statement, DEFINITION):
        is_called = module in CALLED_BY_OTHERS and statement.decorator_list
        is_table = "__tablename__" in {ast.unparse(node) for node in ast.walk(statement) if isinstance(node, ast.Name)}
        if not (is_called or is_table or statement.name.startswith(HOOK) or ENTRY.get(module) == statement.name):
            yield statement.name
    elif isinstance(statement, ast.Assign | ast.AnnAssign) and not _is_table(statement.value):
        targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
        names = [
            node.id for target in targets for node in ast.walk(target) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
        ]
        yield from (name for name in names if name != "__all__")


def _is_table(value: ast.expr | None) -> bool:
    """Whether a value is a table, which the metadata that it is given has, and SQL."""
    return isinstance(value, ast.Call) and chain_of(value.func) == "Table"
