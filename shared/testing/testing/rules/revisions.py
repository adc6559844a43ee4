"""Revisions of a schema state their DDL."""

import ast
from typing import Final

from testing.rules.package import Package, nodes_of

FROZEN: Final = {"alembic", "sqlalchemy", "sqlalchemy.dialects.postgresql", "chassis.data.migrations", "collections.abc", "typing"}
"""What a revision may import: nothing that changes with the code."""
LIVE: Final = {"metadata", "MetaData", "create_all", "drop_all", "get_bind"}
"""What would make a revision mean something else when the code changes."""


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
