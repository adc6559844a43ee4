"""Names and labels are in the words of the glossary, and docstrings name the errors that are raised."""

import ast
import re
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Final

from testing.rules.package import Package, nodes_of, tree_of
from testing.rules.raised import ERRORS, Function, errors_raised

WORD: Final = re.compile(r"[A-Z]?[a-z0-9]+|[A-Z]+(?![a-z])")
REPLACED: Final = {
    word.strip()
    for row in (files("testing.rules") / "replaced_words.md").read_text().splitlines()
    if row.startswith("| ") and not row.startswith("| not |")
    for word in row.split("|")[1].split(",")
}
"""Words that the glossary replaces."""
LABELLED: Final = {"GroupCommit", "ScheduledItems", "ScheduledJob", *ERRORS}
"""What is called with its label first: a job, a batch queue, a problem with its slug."""
LABELS: Final = {"event", "thread_name_prefix"}
"""Arguments that are labels: the event of a timeline, the name of threads."""


def replaced_in(name: str) -> set[str]:
    """Return the words of a name that the glossary replaces."""
    return REPLACED & {word.lower() for word in WORD.findall(name)}


def no_public_name_has_a_word_that_the_glossary_replaces(package: Package) -> list[str]:
    """Return the public names with such a word; one in which it has its ordinary meaning stands in ``ordinary-words``, capitals aside."""
    return sorted(
        {
            f"{package.named(module)}: {name}"
            for module in package.modules
            for name in public_names(module)
            if replaced_in(name) and name not in package.ordinary_words and name.lower() not in package.ordinary_words
        }
    )


def no_label_has_a_word_that_the_glossary_replaces(package: Package) -> list[str]:
    """Return the names of jobs, batch queues and threads, the slugs of problems and the events with such a word.

    An exception is written in ``ordinary-words`` as a name is: ``unknown_words`` for ``unknown-words``.
    """
    return sorted(
        f"{package.named(module)}: {label}"
        for module in package.modules
        for label in _labels(module)
        if replaced_in(label) and _as_name(label) not in package.ordinary_words
    )


def each_exception_of_the_words_is_still_used(package: Package) -> list[str]:
    """Return the ``ordinary-words`` that are no name or label with a replaced word."""
    labels = {_as_name(label) for module in package.modules for label in _labels(module)}
    names = {name for module in package.modules for name in (*public_names(module), *labels) if replaced_in(name)}
    return sorted(set(package.ordinary_words) - names - {name.lower() for name in names})


def every_table_class_ends_in_row(package: Package) -> list[str]:
    """Return the table classes of other names."""
    return [
        f"{package.named(module)}: {node.name}"
        for module in package.modules
        for node in nodes_of(module)
        if isinstance(node, ast.ClassDef) and not node.name.endswith("Row") and "__tablename__" in _assigned(node.body)
    ]


def public_docstrings_name_the_domain_errors_that_are_raised(package: Package) -> list[str]:
    """Return the errors that public functions raise and do not name; the description of a route names statuses instead.

    What a function raises through private ones of its module counts: a reader of its docstring does not see those.
    """
    return [
        f"{package.named(module)}: {node.name} raises {error}"
        for module in package.modules
        if module.name != "api.py"
        for node in _public_functions(module)
        for error in sorted(errors_raised(node, module))
        if error not in (ast.get_docstring(node) or "")
    ]


def public_names(module: Path) -> Iterator[str]:
    """Yield the module's name, and those of its public constants, classes and functions, with their parameters.

    Fields of classes are not among them: they are names of columns and of what is sent, which stay as others know them.
    """
    if module.stem != "__init__":
        yield module.stem
    yield from (name for name in _assigned(tree_of(module).body) if not name.startswith("_"))
    for node in nodes_of(module):
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and not node.name.startswith("_"):
            yield node.name
            if not isinstance(node, ast.ClassDef):
                yield from (each.arg for each in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs))


def _labels(module: Path) -> Iterator[str]:
    """Yield the labels that a module states as they are read by operators and clients."""
    for node in nodes_of(module):
        if isinstance(node, ast.Call):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            stated = [keyword.value for keyword in node.keywords if keyword.arg in LABELS]
            stated += node.args[:1] if called in LABELLED else []
            yield from (each.value for each in stated if isinstance(each, ast.Constant) and isinstance(each.value, str))


def _as_name(label: str) -> str:
    return re.sub(r"\W", "_", label)


def _public_functions(module: Path) -> Iterator[Function]:
    """Yield a module's public functions and the public methods of its classes."""
    tree = tree_of(module)
    for node in (*tree.body, *(each for part in tree.body if isinstance(part, ast.ClassDef) for each in part.body)):
        if isinstance(node, Function) and not node.name.startswith("_"):
            yield node


def _assigned(body: list[ast.stmt]) -> list[str]:
    """Return the names that statements give values to."""
    targets = [node.target for node in body if isinstance(node, ast.AnnAssign)]
    targets += [target for node in body if isinstance(node, ast.Assign) for target in node.targets]
    return [target.id for target in targets if isinstance(target, ast.Name)]
