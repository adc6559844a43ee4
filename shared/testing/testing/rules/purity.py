"""Decisions are pure: they read nothing, write nothing but their arguments and have no clock, so that what they return follows from these.

New ids are the one exception: ``contracts.types.new_id`` makes one where a decision adds something that is recorded under it.
"""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from testing.rules.package import ROLES, Package, chain_of, dotted, full_names_in, imports_of, nodes_of, tree_of, used_by
from testing.rules.shape import EDGES

STANDARD: Final = (
    "base64", "bisect", "calendar", "collections", "contextlib", "csv", "dataclasses", "datetime", "decimal", "difflib", "email", "enum",
    "functools", "hashlib", "heapq", "hmac", "io.StringIO", "itertools", "json", "operator", "re", "string", "types", "typing",
    "unicodedata", "urllib.parse", "uuid.UUID", "zoneinfo",
)  # fmt: skip
"""Of the standard library: nothing that reaches files, the network, other processes, the clock, chance or the event loop."""
LIBRARIES: Final = (
    "argon2", "dateutil.rrule", "joserfc", "markupsafe", "pydantic", "pydantic_core.PydanticCustomError", "pyotp", "segno", "stdnum.luhn",
    "zxcvbn",
)  # fmt: skip
"""Those of cryptography draw keys, salts and nonces by themselves, as ``new_id`` draws ids."""
PLATFORM: Final = (
    "chassis.access.table",
    "chassis.bodies.findings",
    "chassis.bodies.models",
    "chassis.bodies.rules",
    "chassis.data.idempotency.Key",
    "chassis.errors",
    "chassis.files.cells",
    "chassis.files.columns",
    "chassis.files.forms",
    "chassis.files.sheets",
    "chassis.hours",
    "chassis.named_people",
    "chassis.named_times",
    "chassis.rows.paging.Page",
    "chassis.text",
)
"""The pure modules of the chassis, and plain values of two others."""
ALLOWED: Final = (*STANDARD, *LIBRARIES, *PLATFORM, "contracts")
"""What pure modules import, beside those of capabilities."""
IMPURE: Final = {*ROLES, "main", "settings", ""} - {"schemas"}
"""The modules of a service that read, write, or know the outside; all others are pure."""
CLOCK: Final = {"now", "utcnow", "today"}
CLOCKS: Final = {
    "datetime.date.today", "datetime.datetime.now", "datetime.datetime.today", "datetime.datetime.utcnow",
    "time.gmtime", "time.localtime", "time.time", "time.time_ns",
}  # fmt: skip
"""What returns the present moment; ``time.monotonic`` is for measuring."""
BUILTINS: Final = {"open", "__import__"}
"""Of what reaches further without an import; the linter forbids the others."""


def schemas_and_modules_of_other_names_are_pure(package: Package) -> list[str]:
    """Return what schemas, and modules that have none of the roles in a capability, import, call and define that no decision needs."""
    pure = [module for module in package.modules_of_capabilities if module.stem not in IMPURE]
    return [f"{package.named(module)} {what}" for module in pure for what in impurities(package, module)]


def the_edges_alone_read_the_clock(package: Package) -> list[str]:
    """Return where capabilities read the clock themselves: use cases have ``tx.now``, and whoever calls a query or a decision states it."""
    return [
        f"{package.named(module)} reads the clock, {name}"
        for module in package.modules_of_capabilities
        if module.stem not in EDGES
        for name in sorted(full_names_in(tree_of(module), module, dotted(package, module)) & CLOCKS)
    ]


def impurities(package: Package, module: Path) -> Iterator[str]:
    """Yield what makes a module impure; the class of a row may be named as a type."""
    at_run_time = set(imports_of(module, as_types=False))
    for name, used in zip(imports_of(module), used_by(package, module), strict=True):
        is_type = name.endswith("Row") and name not in at_run_time
        is_pure = used.module not in IMPURE if used.package == package.name else _is_allowed(name)
        if not (is_pure or is_type):
            yield f"uses {name}"
    for node in nodes_of(module):
        if isinstance(node, ast.AsyncFunctionDef):
            yield f"has a coroutine, {node.name}"
        elif isinstance(node, ast.Name) and node.id in BUILTINS:
            yield f"uses {node.id}"
        elif _reads_clock(node):
            yield f"reads the clock, {ast.unparse(node)}"


def _reads_clock(node: ast.AST) -> bool:
    """Whether a node calls what has the name of a clock's method, or hands the method of a class of times on."""
    owner, _, name = chain_of(node.func if isinstance(node, ast.Call) else node).rpartition(".")
    return name in CLOCK and (isinstance(node, ast.Call) or owner.endswith(("date", "datetime")))


def _is_allowed(name: str) -> bool:
    return any(f"{name}.".startswith(f"{each}.") for each in ALLOWED)
