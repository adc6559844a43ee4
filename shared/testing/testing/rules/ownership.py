"""What a capability keeps is written in its own use cases and tables, and by nothing else."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from testing.rules.package import Package, chain_of, dotted, names_bound_in, nodes_of, tree_of

WRITES: Final = {"insert", "update", "delete"}
"""SQLAlchemy's functions that build a statement which writes, and the methods of a table that do."""
ADD: Final = "add"
OF_TRANSACTION: Final = {ADD, "execute", "flush", "savepoint", "send"}
"""What a transaction does beyond reading; only the first is also what others do."""
SETTERS: Final = {"setattr", "delattr", "__setattr__"}
CHANGING: Final = {*SETTERS, "apply_changes", "assign", "count_version"}
"""Functions that change the row which they are given first."""
WRITERS: Final = ("use_cases", "tables")
LIVE: Final = {"metadata", "registry", "__subclasses__"}
"""Through which any table of a service can be reached."""
RELATING: Final = {"backref", "relationship"}


def statements_write_tables_of_their_own_capability(package: Package) -> list[str]:
    """Return the targets of statements, and the tables handed to functions of the service's ``tables``, that are of no table there."""
    found: list[str] = []
    for module in package.modules_of_capabilities:
        own = _own_tables(package, module)
        right = f"name a table class of {module.parent.name}'s tables, or a constant made of its __table__"
        found += [
            f"{package.named(module)}, line {node.lineno}: {ast.unparse(node)[:60]} writes {target}; {right}"
            for node, target in _written_in(package, module)
            if target.removesuffix(".__table__") not in own
        ]
    return found


def use_cases_alone_write(package: Package) -> list[str]:
    """Return where files that are no ``use_cases`` and no ``tables`` build a statement that writes, or write by a transaction."""
    return [
        f"{package.named(module)}, line {node.lineno}: {ast.unparse(node)[:60]} writes; this belongs in use_cases"
        for module in package.modules
        if module.stem not in WRITERS
        for node in _writing_in(module)
    ]


def rows_are_changed_in_use_cases_alone(package: Package) -> list[str]:
    """Return where other files than ``use_cases`` and ``tables`` assign to an attribute that may be a column.

    What they may assign to are attributes of ``self``, and those that a class of theirs declares and no row that they know has.
    """
    columns = {name: fields for module in package.modules if module.stem == "tables" for name, fields in _fields_in(module)}
    found: list[str] = []
    for module in package.modules:
        if module.stem not in WRITERS:
            known = {name.rpartition(".")[2] for name in names_bound_in(module).values()}
            of_rows = {field for name in known & columns.keys() for field in columns[name]}
            own = {field for _, fields in _fields_in(module) for field in fields} - of_rows
            stored = {field for fields in columns.values() for field in fields} - own
            found += [
                f"{package.named(module)}, line {node.lineno}: {ast.unparse(node)} may be a row's; return the value, which use_cases writes"
                for node in _assigned_in(module)
                if node.attr in stored and not (isinstance(node.value, ast.Name) and node.value.id == "self")
            ]
            found += [
                f"{package.named(module)}, line {node.lineno}: {ast.unparse(node)}; assign to a named attribute"
                for node in nodes_of(module)
                if isinstance(node, ast.Call) and chain_of(node.func).rpartition(".")[2] in SETTERS and not _is_self(node.args)
            ]
    return found


def a_capability_changes_rows_of_its_own_tables(package: Package) -> list[str]:
    """Return where ``use_cases`` and ``tables`` assign to what is a column of other capabilities' tables and none of their own."""
    columns: dict[str, set[str]] = {capability.name: set() for capability in package.capabilities}
    for module in package.modules_of_capabilities:
        if module.stem == "tables" and package.capabilities:
            columns[module.parent.name].update(*(fields for _, fields in _fields_in(module)))
    stored = set().union(*columns.values())
    found: list[str] = []
    for module in package.modules_of_capabilities:
        if module.stem in WRITERS and package.capabilities:
            own = columns[module.parent.name].union(*(fields for _, fields in _fields_in(module)))
            found += [
                f"{package.named(module)}, line {node.lineno}: {ast.unparse(node)} is a column of another capability; call its use case"
                for node in _assigned_in(module)
                if node.attr in stored - own
            ]
    return found


def rows_of_other_capabilities_are_left_as_they_are(package: Package) -> list[str]:
    """Return where a parameter that is annotated as a row of another capability is changed, or something that it has."""
    found: list[str] = []
    for module in package.modules_of_capabilities:
        bound, own = names_bound_in(module), f"{dotted(package, module).rpartition('.')[0]}."
        for function in nodes_of(module):
            if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
                foreign = {
                    argument.arg
                    for argument in (*function.args.args, *function.args.kwonlyargs)
                    if argument.annotation
                    for name in map(chain_of, ast.walk(argument.annotation))
                    if name.endswith("Row") and package.capabilities and not bound.get(name, own).startswith(own)
                }
                found += [
                    f"{package.named(module)}, line {node.lineno}: {ast.unparse(node)} changes another capability's row; call its use case"
                    for node in ast.walk(function)
                    if isinstance(node, ast.expr) and _changed_by(node) in foreign
                ]
    return found


def tables_have_one_name_and_are_reached_by_it(package: Package) -> list[str]:
    """Return the second names of table classes, and what would reach a table without its name: metadata, registries, relationships."""
    found: list[str] = []
    for module in package.modules:
        declared = {
            id(keyword.value) for node in nodes_of(module) if isinstance(node, ast.Call) for keyword in node.keywords if keyword.arg in LIVE
        }
        for node in nodes_of(module):
            if isinstance(node, ast.Attribute) and node.attr in LIVE and id(node) not in declared:
                found.append(f"{package.named(module)}, line {node.lineno}: {ast.unparse(node)}; import the table class that is meant")
            elif isinstance(node, ast.alias) and node.name in RELATING:
                found.append(f"{package.named(module)}: {node.name}; select the other table's rows by a statement")
            elif name := _second_name(node):
                found.append(f"{package.named(module)}: {name} is a second name of a table class; use the first")
    return found


def the_base_of_tables_has_no_sql(package: Package) -> list[str]:
    """Return the texts of more than a word in the ``tables`` of a service, whose statements belong to the capability that has the table."""
    module = package.folder / "tables.py"
    if not (package.capabilities and module.exists()):
        return []
    described = {id(node.value) for node in nodes_of(module) if isinstance(node, ast.Expr)}
    texts = [
        node for node in nodes_of(module) if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in described
    ]
    return [
        f"{package.named(module)}, line {node.lineno}: {node.value!r}; write SQL in the tables of the capability whose table it is about"
        for node in texts
        if len(str(node.value).split()) > 1 or str(node.value).isspace()
    ]


def _fields_in(module: Path) -> Iterator[tuple[str, set[str]]]:
    """Yield the classes of a module, each with the fields that it declares."""
    for node in nodes_of(module):
        if isinstance(node, ast.ClassDef):
            yield node.name, {each.target.id for each in node.body if isinstance(each, ast.AnnAssign) and isinstance(each.target, ast.Name)}


def _assigned_in(module: Path) -> Iterator[ast.Attribute]:
    for node in nodes_of(module):
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store | ast.Del):
            yield node


def _changed_by(node: ast.expr) -> str:
    """Return the name of the parameter whose row a statement or a call changes."""
    if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store | ast.Del):
        return chain_of(node).partition(".")[0]
    if isinstance(node, ast.Call) and chain_of(node.func).rpartition(".")[2] in CHANGING and node.args:
        return chain_of(node.args[0]).partition(".")[0]
    return ""


def _is_self(arguments: list[ast.expr]) -> bool:
    return bool(arguments) and ast.unparse(arguments[0]) == "self"


def _own_tables(package: Package, module: Path) -> set[str]:
    """Return the full names of the table classes and core tables of a module's capability, as the module itself names them too."""
    tables = module.parent / "tables.py"
    if not tables.exists():
        return set()
    classes = {node.name for node in tree_of(tables).body if isinstance(node, ast.ClassDef)}
    constants = {
        node.target.id
        for node in tree_of(tables).body
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value
        for part in ast.walk(node.value)
        if chain_of(part).removesuffix(".__table__") in classes and chain_of(part).endswith(".__table__")
    }
    return {f"{dotted(package, tables)}.{each}" for each in classes | constants}


def _written_in(package: Package, module: Path) -> Iterator[tuple[ast.expr, str]]:
    """Yield each statement that writes with the full name of its target, and each table that is handed to the service's ``tables``."""
    bound, own = names_bound_in(module), dotted(package, module)
    for node in nodes_of(module):
        if isinstance(node, ast.Call):
            targets = [*node.args, *(keyword.value for keyword in node.keywords)]
            if _is_statement(node.func, bound):
                yield node, _full(targets[0], bound, own) if targets else "nothing"
            elif _full(node.func, bound, own).startswith(f"{package.name}.tables."):
                handed = [_full(target, bound, own) for target in targets if isinstance(target, ast.Name) and target.id in bound]
                yield from ((node, target) for target in handed if package.capabilities and target.startswith(f"{package.name}."))
            elif isinstance(node.func, ast.Attribute) and node.func.attr in WRITES and not targets:
                yield node, _full(node.func.value, bound, own)


def _writing_in(module: Path) -> Iterator[ast.expr]:
    bound = names_bound_in(module)
    annotated = [node for node in nodes_of(module) if isinstance(node, ast.arg) and node.annotation]
    transactions = {"tx", *(node.arg for node in annotated if node.annotation and "Transaction" in ast.unparse(node.annotation))}
    for node in nodes_of(module):
        by_transaction = (
            isinstance(node, ast.Attribute) and node.attr in OF_TRANSACTION and (node.attr != ADD or chain_of(node.value) in transactions)
        )
        if isinstance(node, ast.Name | ast.Attribute) and (by_transaction or _is_statement(node, bound)):
            yield node


def _is_statement(node: ast.expr, bound: dict[str, str]) -> bool:
    name = _full(node, bound, "")
    return name.startswith("sqlalchemy.") and name.rpartition(".")[2].lower() in WRITES


def _full(node: ast.expr, bound: dict[str, str], own: str) -> str:
    """Return the full name of an expression; the text of one that is no name."""
    first, dot, rest = chain_of(node).partition(".")
    return f"{bound.get(first, f'{own}.{first}')}{dot}{rest}" if first else ast.unparse(node)


def _second_name(node: ast.AST) -> str:
    """Return the name that a statement gives to a table class that has one."""
    if isinstance(node, ast.alias) and node.name.endswith("Row"):
        return node.asname or ""
    value = node.value if isinstance(node, ast.Assign | ast.AnnAssign | ast.NamedExpr) else None
    return ast.unparse(node).split(" ", maxsplit=1)[0] if value is not None and chain_of(value).endswith("Row") else ""
