"""Revisions of a schema are numbered, state their DDL and keep the limit of how long a statement waits for the lock of a table."""

import ast
import re
from pathlib import Path
from typing import Final

from testing.rules.package import Package, nodes_of

FROZEN: Final = {"alembic", "sqlalchemy", "sqlalchemy.dialects.postgresql", "chassis.data.migrations", "collections.abc", "typing"}
"""What a revision may import: nothing that changes with the code."""
LIVE: Final = {"metadata", "MetaData", "create_all", "drop_all", "get_bind"}
"""What would make a revision mean something else when the code changes."""
WAITS: Final = re.compile(
    r"\b(?:RE)?SET\s+(?:(?:LOCAL|SESSION)\s+)?lock_timeout\b|\b(?:RESET|DISCARD)\s+ALL\b|\bset_config\s*\(\s*'lock_timeout'"
    r"|(?:^|;|\bBEGIN\b)\s*LOCK\s+\w+",
    re.IGNORECASE,
)
"""What changes how long the run waits for locks, or takes the lock of a table by itself."""


def revisions_state_their_ddl_and_take_nothing_from_the_code(package: Package) -> list[str]:
    """Return what revisions import of the code, and what they use of live metadata."""
    found: list[str] = []
    for revision in package.revisions:
        nodes = nodes_of(revision)
        imported = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
        imported |= {node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)}
        named = {node.id for node in nodes if isinstance(node, ast.Name)} | {node.attr for node in nodes if isinstance(node, ast.Attribute)}
        found += [f"{revision.name} uses {each}" for each in sorted((imported - FROZEN) | (named & LIVE))]
    return found


def revisions_leave_the_time_for_locks_to_the_run(package: Package) -> list[str]:
    """Return the statements of revisions that change ``lock_timeout`` or lock a table; an index is built with ``build_indexes``."""
    return [f"{revision.name}: {each}" for revision in package.revisions for text in _texts_of(revision) for each in _waits_in(text)]


def revisions_are_numbered_in_their_order(package: Package) -> list[str]:
    """Return the revisions whose file, id and parent are not the four digits that are next in the folder: 0009 after 0008."""
    found: list[str] = []
    for number, revision in enumerate(package.revisions, start=1):
        stated = {name: value for name, value in _constants_of(revision).items() if name in {"revision", "down_revision"}}
        expected = {"revision": f"{number:04}", "down_revision": f"{number - 1:04}" if number > 1 else None}
        if stated != expected or not revision.name.startswith(f"{number:04}_"):
            found.append(f"{revision.name} states {stated}, and {expected} is next")
    return found


def _constants_of(revision: Path) -> dict[str, object]:
    """Return the constants that a revision gives names to."""
    assigned = [node for node in nodes_of(revision) if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)]
    return {ast.unparse(node.targets[0]): node.value.value for node in assigned if isinstance(node.value, ast.Constant)}


def _waits_in(sql: str) -> list[str]:
    return [" ".join(match.group().split()) for match in WAITS.finditer(sql)]


def _texts_of(revision: Path) -> list[str]:
    """Return the texts of a revision, docstrings too, with ``{}`` for what is filled in."""
    joined = [node for node in nodes_of(revision) if isinstance(node, ast.JoinedStr)]
    parts = {id(part) for node in joined for part in node.values}
    texts = ["".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values) for node in joined]
    return texts + [
        node.value
        for node in nodes_of(revision)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in parts
    ]
