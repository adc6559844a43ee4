"""The public names of a shared package's modules, with the members of its classes: what other packages may use."""

import ast
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

Names = dict[str, list[str]]


def described(package: Path) -> Names:
    """Return the names of each module of a package."""
    modules = {path.relative_to(package.parent).with_suffix(""): path for path in sorted(package.rglob("*.py"))}
    return {".".join(module.parts).removesuffix(".__init__"): sorted(_names(path)) for module, path in modules.items()}


def breaks(released: Mapping[str, Sequence[str]], present: Mapping[str, Sequence[str]]) -> list[str]:
    """Return every name that users of the released description do not find any more."""
    return [f"{module}.{name} is gone" for module, names in released.items() for name in names if name not in present.get(module, ())]


def _names(module: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.parse(module.read_text()).body:
        for name in filter(_is_public, _bound(node)):
            members = (each for inner in node.body for each in _bound(inner)) if isinstance(node, ast.ClassDef) else ()
            found |= {name, *(f"{name}.{member}" for member in members if _is_public(member))}
    return found


def _bound(node: ast.stmt) -> Iterator[str]:
    """Return the names that a statement defines, or imports under another name or for others (``as`` itself, ``__all__``)."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        yield node.name
    elif isinstance(node, ast.Assign | ast.AnnAssign):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        yield from (target.id for target in targets if isinstance(target, ast.Name))
    elif isinstance(node, ast.ImportFrom):
        yield from (alias.asname for alias in node.names if alias.asname)


def _is_public(name: str) -> bool:
    return not name.startswith("_")
