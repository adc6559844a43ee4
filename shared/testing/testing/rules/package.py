"""A package whose code is held to the rules, and what its modules import."""

import ast
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import Any, Final

NOT_CODE: Final = {"tests", "migrations", "__pycache__"}
ROLES: Final = ("tables", "schemas", "queries", "use_cases", "jobs", "messages", "api", "__init__")
"""The files of a capability, each of which may use those before it; every other module is pure and is used by all of them."""
OF_THE_SERVICE: Final = {"main", "settings"}
"""What a service without capabilities has beside the files of one."""


@dataclass(frozen=True)
class Used:
    """A module that another imports: of the same package its capability and its name, of elsewhere only the package.

    A module beside the capabilities has an empty capability; the modules of a flat service have the package for theirs.
    """

    package: str
    capability: str = ""
    module: str = ""


@dataclass(frozen=True)
class Package:
    """A package: the folder of its modules, and the names in which a replaced word has its ordinary meaning, each with the reason."""

    folder: Path
    ordinary_words: Mapping[str, str] = field(default_factory=dict[str, str])

    @classmethod
    def of_project(cls, root: Path) -> "Package":
        """Return the package of a folder with a ``pyproject.toml``; ``[tool.holdfast.ordinary-words]`` lists its exceptions."""
        stated: dict[str, Any] = tomllib.loads((root / "pyproject.toml").read_text())
        return cls(root / stated["project"]["name"], stated["tool"].get("holdfast", {}).get("ordinary-words", {}))

    @property
    def name(self) -> str:
        """The name that the package is imported by."""
        return self.folder.name

    @cached_property
    def modules(self) -> tuple[Path, ...]:
        """Every module; ``ValueError`` for a folder that has none, which would follow every rule."""
        found = sorted(path for path in self.folder.rglob("*.py") if not NOT_CODE & set(path.relative_to(self.folder).parts))
        if not found:
            message = f"{self.folder} has no modules"
            raise ValueError(message)
        return tuple(found)

    @cached_property
    def capabilities(self) -> tuple[Path, ...]:
        """The folders of capabilities; none of a flat service."""
        return tuple(init.parent for init in sorted(self.folder.glob("*/__init__.py")))

    @cached_property
    def modules_of_capabilities(self) -> tuple[Path, ...]:
        """The modules of all capabilities; a flat service is one."""
        if not self.capabilities:
            return tuple(module for module in self.modules if module.stem not in OF_THE_SERVICE)
        return tuple(module for capability in self.capabilities for module in sorted(capability.glob("*.py")))

    @property
    def revisions(self) -> list[Path]:
        """The revisions of a service's schema, which stand beside its package."""
        return sorted((self.folder.parent / "migrations" / "versions").glob("*.py"))

    def named(self, path: Path) -> str:
        """Return the name of a module or folder for a report."""
        return path.relative_to(self.folder.parent).as_posix()


@cache
def tree_of(module: Path) -> ast.Module:
    """Return a module's syntax tree."""
    return ast.parse(module.read_text())


@cache
def nodes_of(module: Path) -> tuple[ast.AST, ...]:
    """Return every node of a module's syntax tree."""
    return tuple(ast.walk(tree_of(module)))


def imports_of(module: Path, *, as_types: bool = True) -> Iterator[str]:
    """Yield the full names that a module imports; not ``as_types``, without what only type checkers import."""
    nodes = nodes_of(module)
    if not as_types:
        tree = tree_of(module)
        at_run_time = [node for node in tree.body if not (isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING")]
        nodes = tuple(each for node in at_run_time for each in ast.walk(node))
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{'.' * node.level}{node.module or ''}.{alias.name}" for alias in node.names)


def used_by(package: Package, module: Path, *, as_types: bool = True) -> Iterator[Used]:
    """Yield what a module of a package imports, whichever way it is written."""
    for name in imports_of(module, as_types=as_types):
        first, *rest = name.split(".")
        if first != package.name or not rest:
            yield Used(first)
        elif (package.folder / f"{rest[0]}.py").exists():
            yield Used(first, "" if package.capabilities else first, rest[0])
        else:
            yield Used(first, rest[0], rest[1] if len(rest) > 1 else "__init__")


@cache
def names_bound_in(module: Path) -> dict[str, str]:
    """Return the names that a module's imports give it, each with the full name of what it is."""
    bound: dict[str, str] = {}
    for node in nodes_of(module):
        if isinstance(node, ast.ImportFrom):
            bound |= {alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Import):
            whole = {alias.name.partition(".")[0] for alias in node.names if not alias.asname}
            bound |= {alias.asname: alias.name for alias in node.names if alias.asname} | {name: name for name in whole}
    return bound


def chain_of(node: ast.AST) -> str:
    """Return a name with its attributes, as ``use_cases.book``; nothing of another expression."""
    if isinstance(node, ast.Attribute):
        owner = chain_of(node.value)
        return owner and f"{owner}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""


def dotted(package: Package, module: Path) -> str:
    """Return the full name of a module."""
    parts = module.relative_to(package.folder.parent).with_suffix("").parts
    return ".".join(part for part in parts if part != "__init__")


def full_names_in(node: ast.AST, module: Path, own: str) -> set[str]:
    """Return the full names of what a part of a module named ``own`` uses, whichever way that was imported."""
    imported = names_bound_in(module)
    chains = {chain_of(each) for each in ast.walk(node) if isinstance(getattr(each, "ctx", None), ast.Load)} - {""}
    split = [name.partition(".") for name in chains]
    return {f"{imported.get(first, f'{own}.{first}')}{dot}{rest}" for first, dot, rest in split} | chains
