"""The shape of a service: capabilities that are built alike, modules that are short, HTTP at the edge alone."""

import ast
import re
from pathlib import Path
from typing import Final

from testing.rules.package import ROLES, Package, chain_of, dotted, full_names_in, imports_of, names_bound_in, nodes_of, tree_of, used_by

MOST_FILES: Final = 10
LONGEST_MODULE: Final = 400
EDGES: Final = ("jobs", "messages", "api")
PRIVATE: Final = {"tables", "api", "messages", "jobs", "__init__"}
"""What no other capability uses; the last is the capability as a whole, through which any file of it could be reached."""
BESIDE: Final = {"__init__", "access", "main", "settings", "tables"}
"""A service's own files: its table of contents, who may do what, its settings and the base of its tables."""
EDGE: Final = {"api", "main"}
"""Modules that decide about HTTP."""
OF_HTTP: Final = ("fastapi", "starlette", "chassis.http")
"""What only the edge imports."""
OF_THE_EDGE: Final = {
    "transaction": "a use case takes the transaction that the edge has begun",
    "from_environment": "main reads the settings and passes on what is needed",
}
"""What only the chassis and ``main`` do, and what would work."""
REQUESTING: Final = ("aiohttp.", "http.client.", "httpx.", "requests.", "urllib.request.")
"""What requests something over HTTP."""
STATING_NOTHING: Final = {"base", "common", "core", "helper", "helpers", "manager", "misc", "shared", "tools", "util", "utils"}
STATUSES: Final = {"HTTPException", "HTTPStatus", "Problem"}
"""Names that nothing below the edge has."""
WITHOUT_TABLES: Final = {"__init__", "api", "messages"}
"""Files of a capability that leave what is stored to those before them."""
OF_TABLES: Final = re.compile(r"\.tables(\.|$)")
OF_THE_CHASSIS: Final = tuple(
    f"chassis.{part}."
    for part in (
        "access.table", "bodies", "data.database", "data.group_commit", "data.idempotency", "database_errors", "driver.connections",
        "errors", "files", "hours", "http", "live.notifications", "messaging.inbox", "named_people", "named_times", "requests", "rows",
        "runtime.capability", "runtime.jobs", "runtime.steps", "telemetry.metrics", "text",
    )
)  # fmt: skip
"""What capabilities import; the rest is for what puts a service together, and for the chassis itself."""
LONG_NAME: Final = 6
"""From this length on, two words that differ in one letter are one word with an error."""
ENDINGS: Final = ("ing", "ies", "ed", "es", "e", "y", "s")
"""What the forms of one word differ in."""
SHORTEST_STEM: Final = 3


def modules_have_at_most_four_hundred_lines(package: Package) -> list[str]:
    """Return the modules that are too long, with their lines."""
    lines = {module: len(module.read_text().splitlines()) for module in package.modules}
    return [f"{package.named(module)}: {count} lines" for module, count in lines.items() if count > LONGEST_MODULE]


def no_two_modules_are_taken_for_each_other(package: Package) -> list[str]:
    """Return the pairs of names of modules and capabilities that are taken for each other."""
    folders = {folder.parent.name for folder in package.folder.glob("*/**/__init__.py")}
    names = sorted({module.stem for module in package.modules} - set(ROLES) | folders)
    return [f"{one} and {other}" for one in names for other in names if one < other and _alike(one, other)]


def modules_are_named_by_what_is_in_them(package: Package) -> list[str]:
    """Return the modules and capabilities whose names state nothing."""
    return [
        f"{package.named(each)}: name it by what is in it"
        for each in (*package.modules, *package.capabilities)
        if each.stem in STATING_NOTHING
    ]


def no_module_stands_beside_the_capabilities(package: Package) -> list[str]:
    """Return the modules of a service that are of no capability; a flat service has only such."""
    return [module.name for module in sorted(package.folder.glob("*.py")) if package.capabilities and module.stem not in BESIDE]


def capabilities_have_at_most_ten_files_in_one_folder(package: Package) -> list[str]:
    """Return the capabilities that have too many files, and the folders inside capabilities."""
    files = {capability: len(list(capability.glob("*.py"))) for capability in package.capabilities}
    inner = [folder for capability in package.capabilities for folder in capability.glob("*/") if folder.name != "__pycache__"]
    many = [f"{package.named(capability)}: {count} files" for capability, count in files.items() if count > MOST_FILES]
    return many + [f"{package.named(folder)}: a folder in a capability" for folder in inner]


def no_init_of_a_capability_has_more_than_it(package: Package) -> list[str]:
    """Return what stands in the ``__init__`` of capabilities beside its sentence, its imports and ``capability``."""
    return [
        f"{package.named(capability)}, line {statement.lineno}: {ast.unparse(statement).splitlines()[0]}"
        for capability in package.capabilities
        for statement in tree_of(capability / "__init__.py").body
        if not isinstance(statement, ast.Expr | ast.Import | ast.ImportFrom) and _stated(statement) != "capability"
    ]


def files_of_a_capability_use_only_those_before_them(package: Package) -> list[str]:
    """Return what the files of capabilities use of later files of their own."""
    found: list[str] = []
    for module in package.modules_of_capabilities:
        if module.stem in ROLES:
            own = {each.module for each in used_by(package, module) if each.capability == module.parent.name}
            beside = EDGES if module.stem in EDGES else ()
            wrong = own & {*ROLES[ROLES.index(module.stem) :], *beside}
            found += [f"{package.named(module)} uses {each}" for each in sorted(wrong)]
    return found


def no_capability_uses_another_ones_tables_or_edges(package: Package) -> list[str]:
    """Return what capabilities import of others that is these alone, and tables and rows that are reached through another module.

    What routes take and describe, such as the parameters of a search, is in ``api``, and the ``api`` of another capability may use it.
    """
    found: list[str] = []
    for module in package.modules_of_capabilities:
        others = {used for used in used_by(package, module, as_types=False) if used.capability not in {"", module.parent.name}}
        private = PRIVATE - ({module.stem} & {"api"})
        found += [f"{package.named(module)} uses {each.capability}.{each.module}" for each in others if each.module in private]
        found += [f"{package.named(module)} uses {name}" for name in sorted(_rows_of_others(package, module))]
        reached = {ast.unparse(node) for node in nodes_of(module) if isinstance(node, ast.Attribute) and node.attr == "tables"}
        found += [f"{package.named(module)} uses {each}" for each in sorted(reached)]
    return found


def a_module_of_another_capability_has_its_owner_in_its_name(package: Package) -> list[str]:
    """Return imports of another capability's usual modules without its name (``people_queries``), or of the module's own with it."""
    found: list[str] = []
    for module in package.modules_of_capabilities:
        for name, full in names_bound_in(module).items():
            service, *rest = full.split(".")
            if service == package.name and len(rest) == len(("capability", "role")) and rest[1] in ROLES:
                owner, role = rest
                wanted = role if owner == module.parent.name else f"{owner}_{role}"
                found += [] if name == wanted else [f"{package.named(module)} calls {full} {name}; call it {wanted}"]
    return found


def routes_and_handlers_know_no_tables(package: Package) -> list[str]:
    """Return what ``api``, ``messages`` and ``__init__`` use of SQLAlchemy, of table classes and of modules of tables."""
    found: list[str] = []
    for module in package.modules_of_capabilities:
        if module.stem in WITHOUT_TABLES:
            names = {*imports_of(module), *full_names_in(tree_of(module), module, dotted(package, module))}
            known = {name for name in names if name.startswith("sqlalchemy") or name.endswith("Row") or OF_TABLES.search(name)}
            found += [f"{package.named(module)} uses {name}; call a function of use_cases or queries" for name in sorted(known)]
    return found


def capabilities_use_of_the_chassis_what_is_for_them(package: Package) -> list[str]:
    """Return what capabilities import of the chassis beyond what is listed; its tables, the broker and the outbox are not for them."""
    return [
        f"{package.named(module)} uses {name}; {__name__}.OF_THE_CHASSIS lists what is for capabilities; messages go by tx.send"
        for module in package.modules_of_capabilities
        for name in imports_of(module, as_types=False)
        if name.startswith("chassis.") and not f"{name}.".startswith(OF_THE_CHASSIS)
    ]


def the_edge_alone_begins_transactions_and_main_reads_settings(package: Package) -> list[str]:
    """Return where capabilities begin a transaction or read the settings, and request something over HTTP; ``main`` has no routes."""
    found = [
        f"{package.named(module)}, line {node.lineno}: {ast.unparse(node)}; {OF_THE_EDGE[node.attr]}"
        for module in package.modules_of_capabilities
        for node in nodes_of(module)
        if isinstance(node, ast.Attribute) and node.attr in OF_THE_EDGE
    ]
    found += [
        f"{package.named(module)} uses {name}; other services are told by messages and answer questions"
        for module in package.modules
        for name in imports_of(module)
        if f"{name}.".startswith(REQUESTING)
    ]
    routes = [name for name in imports_of(package.folder / "main.py") if name.endswith(".APIRouter")]
    return found + [f"{package.name}/main.py uses {name}; a route stands in the api of its capability" for name in routes]


def http_is_decided_at_the_edge_alone(package: Package) -> list[str]:
    """Return what modules below the edge use of HTTP: what cannot be done is raised as an error of ``chassis.errors``."""
    below = [module for module in package.modules if module.stem not in EDGE]
    return [f"{package.named(module)} uses {name}" for module in below for name in sorted(_of_http(module))]


def _rows_of_others(package: Package, module: Path) -> set[str]:
    """Return the full names of table classes, and of modules of tables, that a module imports or takes from another capability."""
    bound = names_bound_in(module)
    split = [chain_of(node).partition(".") for node in nodes_of(module) if isinstance(node, ast.Attribute)]
    taken = {f"{bound.get(first, first)}{dot}{rest}" for first, dot, rest in split}
    own = f"{package.name}.{module.parent.name}."
    others = tuple(each for each in (f"{package.name}.{folder.name}." for folder in package.capabilities) if each != own)
    names = {*imports_of(module, as_types=False), *taken}
    return {name for name in names if name.startswith(others) and name.endswith(("Row", ".tables"))}


def _stated(statement: ast.stmt) -> str:
    """Return the name of what a statement defines."""
    target = statement.target if isinstance(statement, ast.AnnAssign) else statement
    return target.id if isinstance(target, ast.Name) else getattr(target, "name", "")


def _of_http(module: Path) -> set[str]:
    """Return what a module imports for HTTP, and the names of statuses that it has."""
    imported = set(imports_of(module))
    nodes = nodes_of(module)
    names = {node.id for node in nodes if isinstance(node, ast.Name)} | {node.attr for node in nodes if isinstance(node, ast.Attribute)}
    names |= {name.rpartition(".")[2] for name in imported}
    web = {name for name in imported if any(f"{name}.".startswith(f"{each}.") for each in OF_HTTP)}
    return web | names & STATUSES


def _alike(one: str, other: str) -> bool:
    """Whether two names are forms of one word, as ``replan`` and ``replanning``, or differ by a letter."""
    return _stem(one) == _stem(other) or _differ_by_a_letter(one, other)


def _stem(word: str) -> str:
    """Return a word without its ending, and without the consonant that is doubled before one."""
    stems = (word.removesuffix(ending) for ending in ENDINGS if word.endswith(ending))
    stem = next((stem for stem in stems if len(stem) >= SHORTEST_STEM), word)
    return stem[:-1] if stem[-1] == stem[-2:-1] else stem


def _differ_by_a_letter(one: str, other: str) -> bool:
    """Whether one word becomes the other by one letter more, or by another letter in a long word."""
    shorter, longer = sorted((one, other), key=len)
    if len(shorter) == len(longer) >= LONG_NAME:
        return sum(a != b for a, b in zip(one, other, strict=True)) == 1
    return len(longer) == len(shorter) + 1 and any(longer[:place] + longer[place + 1 :] == shorter for place in range(len(longer)))
