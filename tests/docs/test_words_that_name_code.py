"""What the documents name exists: files, modules, settings, operations, messages, make targets, links."""

import re
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Final

import pytest
from servers.rights import EVERY_SERVICE
from support.repository import ROOT, description, documents, tracked

SPOKEN: Final = re.compile(r"`([^`\n]+)`")
BLOCK: Final = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
LINK: Final = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
HEADING: Final = re.compile(r"^#+ +(.*)$", re.MULTILINE)
FILE: Final = re.compile(r"[\w.-]+(/[\w.-]+)*/?")
ENDINGS: Final = (".py", ".md", ".csv", ".json", ".toml", ".yml", ".yaml", ".sh", ".ini", ".txt", "Dockerfile", "Caddyfile", "Makefile")
DOTTED: Final = re.compile(r"(?:python -m )?([a-z_]+(?:\.\w+)+)")
MESSAGE: Final = re.compile(r"[a-z]+\.[a-z_]+\.v\d+")
SETTING: Final = re.compile(r"HOLDFAST_[A-Z_]*[A-Z]")
OPERATION: Final = re.compile(r"(GET|POST|PATCH|PUT|DELETE) (…?/[^\s?]*)(?:\?(\S*))?")
TARGET: Final = re.compile(r"\bmake ([a-z][a-z-]*)\b")
PACKAGES: Final = {*EVERY_SERVICE, "contracts", "chassis"}
QUEUES: Final = (".inbox", ".parked")
SCHEMAS: Final = ROOT / "docs" / "schemas"

every_document = pytest.mark.parametrize("document", documents(), ids=lambda path: str(path.relative_to(ROOT)))


@every_document
def test_every_file_that_is_named_exists(document: Path) -> None:
    named = [word for word in spoken(document) if FILE.fullmatch(word) and (word.endswith((*ENDINGS, "/")))]
    assert [word for word in named if not exists(document, word)] == []


@every_document
def test_every_module_and_function_that_is_named_exists(document: Path) -> None:
    found = [match[1] for word in spoken(document) if (match := DOTTED.fullmatch(word))]
    named = [word for word in found if not MESSAGE.fullmatch(word) and not word.endswith((*QUEUES, *ENDINGS))]
    assert [word for word in named if speaks_of_code(document, word) and not resolves(document, word)] == []


@every_document
def test_every_message_that_is_named_is_published(document: Path) -> None:
    named = [word for word in spoken(document) if MESSAGE.fullmatch(word)]
    assert [word for word in named if not (SCHEMAS / f"{word}.json").exists()] == []


@every_document
def test_every_setting_that_is_named_is_read(document: Path) -> None:
    named = {name for word in spoken(document) for name in SETTING.findall(word)}
    assert sorted(named - settings()) == []


@every_document
def test_every_operation_that_is_named_is_served(document: Path) -> None:
    owner = [service for service in EVERY_SERVICE if document.is_relative_to(ROOT / "services" / service)]
    served = [operation for service in owner or EVERY_SERVICE for operation in operations(service)]
    named = [match for word in spoken(document) if (match := OPERATION.fullmatch(word))]
    for method, path, query in (match.groups() for match in named):
        wanted = re.sub(r"\{\w*\}", "{}", path.removeprefix("…"))
        same = [names for verb, at, names in served if verb == method and (at == wanted or (path[0] == "…" and at.endswith(wanted)))]
        assert same, f"{method} {path}"
        asked = {part.partition("=")[0] for part in (query or "").split("&")} - {""}
        assert any(asked <= names for names in same), f"{method} {path}?{query}"


@every_document
def test_every_make_target_that_is_named_exists(document: Path) -> None:
    targets = set(re.findall(r"^([a-z][a-z-]*):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    text = document.read_text()
    code = [*spoken(document), *(body for _, body in BLOCK.findall(text))]
    assert sorted({target for words in code for target in TARGET.findall(words)} - targets) == []


@every_document
def test_every_link_leads_somewhere(document: Path) -> None:
    for link in LINK.findall(BLOCK.sub("", document.read_text())):
        if link.startswith(("http://", "https://", "mailto:")):
            continue
        path, _, anchor = link.partition("#")
        target = (document.parent / path).resolve() if path else document
        assert target.exists(), link
        assert not anchor or anchor in anchors(target), link


def spoken(document: Path) -> list[str]:
    """Return what stands in backticks, outside blocks of code."""
    return SPOKEN.findall(BLOCK.sub("", document.read_text()))


def exists(document: Path, word: str) -> bool:
    """Whether a file is there, seen from the root, from the document, or somewhere below where only its name is stated."""
    if "/" not in word.rstrip("/"):
        name = word.rstrip("/")
        return any(name in path.parts for path in tracked()) or word in {".local/", ".venv/"}
    service = document.parent / document.parent.name
    return any((folder / word).exists() for folder in (ROOT, document.parent, service))


def speaks_of_code(document: Path, word: str) -> bool:
    first = word.partition(".")[0]
    return first in PACKAGES or find_spec_in(document, first) is not None


def find_spec_in(document: Path, module: str) -> str | None:
    """Return the full name of a module that a service's own document calls by its last name."""
    package = document.parent.name
    return f"{package}.{module}" if package in PACKAGES and find_spec(f"{package}.{module}") else None


def resolves(document: Path, word: str) -> bool:
    """Whether a dotted name leads to a module or to something in it."""
    parts = word.split(".")
    if parts[0] not in PACKAGES:
        parts[0] = find_spec_in(document, parts[0]) or parts[0]
    parts = ".".join(parts).split(".")
    depth = max(depth for depth in range(1, len(parts) + 1) if importable(".".join(parts[:depth])))
    thing: object = import_module(".".join(parts[:depth]))
    for name in parts[depth:]:
        if not hasattr(thing, name):
            return False
        thing = getattr(thing, name)
    return True


def importable(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:
        return False


@cache
def settings() -> set[str]:
    """Return what the services read from their environment, and what else is named anywhere in code."""
    fields = {
        f"HOLDFAST_{field.upper()}" for service in EVERY_SERVICE for field in import_module(f"{service}.settings").Settings.model_fields
    }
    code = (ROOT / path for path in tracked() if path.suffix in {".py", ".yml", ".toml", ""} and (ROOT / path).is_file())
    return fields | {name for path in code for name in SETTING.findall(path.read_text(errors="ignore"))}


@cache
def operations(service: str) -> tuple[tuple[str, str, set[str]], ...]:
    """Return the method, path and query names of every operation."""
    return tuple(_operations(description(service)["paths"]))


def _operations(paths: dict[str, dict[str, dict[str, list[dict[str, str]]]]]) -> Iterator[tuple[str, str, set[str]]]:
    for path, item in paths.items():
        for method, operation in item.items():
            names = {parameter["name"] for parameter in operation.get("parameters", []) if parameter["in"] == "query"}
            yield method.upper(), re.sub(r"\{\w*\}", "{}", path), names


def anchors(document: Path) -> set[str]:
    """Return the anchors of a document's headings, as a forge makes them."""
    headings = (re.sub(r"[^\w\- ]", "", heading.lower()) for heading in HEADING.findall(document.read_text()))
    return {heading.strip().replace(" ", "-") for heading in headings}
