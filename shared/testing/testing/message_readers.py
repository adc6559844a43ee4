"""What each service reads of the messages that it handles: as it states it, as its code does, and as their owners still publish it.

A service states it in ``tests/contracts/reads.json``: the type of each message, and in it the fields, with what each holds. Which fields
its code reads is found by pyrefly, in contracts from which every field was taken out: what it misses is read.
"""

import ast
import json
import re
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, NamedTuple
from unittest.mock import patch

import contracts
from chassis.messaging.broker import Broker
from chassis.messaging.inbox import Consumers
from chassis.runtime.capability import Capability, joined
from chassis.runtime.service import Service
from contracts import published
from contracts.message import MESSAGES, REPLIES, Message, Part
from contracts.published import schema

from testing.running import build

Json = dict[str, Any]

STATED: Final = Path("tests", "contracts", "reads.json")
"""In the folder of a service."""
NOWHERE: Final = {"database_url": "postgresql+asyncpg://nowhere/none", "broker_url": "amqp://nowhere"}
DUMPS: Final = ("model_dump", "model_dump_json")
"""Read every field."""
PLAIN_PART: Final = """
from typing import Self

class Part:
    def __init__(self, **fields: object) -> None: ...
    @classmethod
    def model_validate(cls, data: object, **how: object) -> Self: ...
    @classmethod
    def model_validate_json(cls, data: object) -> Self: ...
    def model_copy(self, *, update: object = None) -> Self: ...
"""
"""A part that cannot be written as a whole, so that pyrefly finds where one is."""
MISSED: Final = re.compile(r"Object of class `(\w+)` has no attribute `(\w+)`")


def capability(service: str) -> tuple[Capability, Consumers]:
    """Return all that a service handles, and the edge at which it reads it."""
    assembled: list[tuple[Capability, Consumers]] = []

    def assemble(self: Service) -> None:
        whole = joined(self.capabilities)
        assembled.append((whole, Consumers(self.database, Broker(self.settings, whole.handlers), whole.handlers)))

    with patch.object(Service, "app", assemble):
        build(service, **NOWHERE)
    return assembled[0]


def read_by(service: str) -> list[type[Message]]:
    """Return the messages that a service handles or answers, and the answers that it requests."""
    whole, _ = capability(service)
    code = "".join(path.read_text() for path in _code(service))
    replies = (message for message in MESSAGES.values() if message.exchange == REPLIES and published.owner(message) != service)
    return [*whole.handlers, *whole.answers, *(reply for reply in replies if re.search(rf"\b{reply.__name__}\b", code))]


def stated(service: str) -> dict[str, dict[str, str]]:
    """Return what a service states that it reads."""
    return json.loads((_folder(service) / STATED).read_text())


def found(service: str) -> dict[str, dict[str, str]]:
    """Return what the code of a service reads."""
    messages = read_by(service)
    missed = _missed(service)
    return {message.type: _fields(message, missed) for message in sorted(messages, key=lambda message: message.type)}


def unmet(owner: str) -> list[str]:
    """Name every field of an owner's messages that some service reads and that is not published as it is read."""
    wrong: list[str] = []
    for path in sorted(_folder(owner).parent.glob(f"*/{STATED}")):
        for type_, fields in json.loads(path.read_text()).items():
            if type_.partition(".")[0] == owner:
                now = {leaf.path: leaf.holds for leaf in leaves(MESSAGES[type_])} if type_ in MESSAGES else {}
                wrong += [
                    f"{path.parts[-4]} reads {field} of {type_} as {kind}; it is {now.get(field, 'gone')}"
                    for field, kind in fields.items()
                    if now.get(field) != kind
                ]
    return wrong


def _folder(service: str) -> Path:
    return Path(str(import_module(service).__file__)).parents[1]


def _code(service: str) -> list[Path]:
    return sorted((_folder(service) / service).rglob("*.py"))


def _missed(service: str) -> set[tuple[str, str]]:
    """Return what pyrefly misses in the code of a service: a class of the contracts, and its field."""
    with TemporaryDirectory() as folder:
        for path in Path(contracts.__file__).parent.glob("*.py"):
            target = Path(folder) / "contracts" / path.name
            target.parent.mkdir(exist_ok=True)
            target.write_text(_without_fields(path.read_text()))
        paths = [path for path in sys.path if Path(path).is_dir() and not path.startswith(sysconfig.get_path("stdlib"))]
        installed = [part for path in paths for part in ("--site-package-path", path)]
        command = [
            sys.executable,
            "-m",
            "pyrefly",
            "check",
            "--preset",
            "default",
            "--output-format",
            "json",
            "--search-path",
            folder,
            *installed,
        ]
        answer = subprocess.run([*command, *_code(service)], cwd=folder, capture_output=True, text=True, check=False)  # noqa: S603 (our own tool and files)
    errors = json.loads(answer.stdout)["errors"]
    return {pair for error in errors if error["name"] == "missing-attribute" for pair in MISSED.findall(error["description"])}


def _without_fields(source: str) -> str:
    """Take out every field but those that hold parts, in which pyrefly looks further."""
    tree = ast.parse(source)
    parts = _parts().keys()
    for each in tree.body:
        if isinstance(each, ast.ClassDef) and each.name in parts:
            fields = [line for line in each.body if isinstance(line, ast.AnnAssign) and not parts & _names(line.annotation)]
            each.body = [line for line in each.body if line not in fields] or [ast.Pass()]
    whole = next((each for each in tree.body if isinstance(each, ast.ClassDef) and each.name == Part.__name__), None)
    if whole is not None:
        at = tree.body.index(whole)
        tree.body[at : at + 1] = ast.parse(PLAIN_PART).body
    return ast.unparse(tree)


def _names(annotation: ast.expr) -> set[str]:
    return {each.id for each in ast.walk(annotation) if isinstance(each, ast.Name)}


def _parts(of: type[Part] = Part) -> dict[str, type[Part]]:
    """Return every class of the contracts that is a message or a part of one, by its name."""
    found = {each.__name__: each for each in of.__subclasses__() if each.__module__.startswith("contracts.")}
    return found | {name: each for part in found.values() for name, each in _parts(part).items()}


def _fields(message: type[Message], missed: set[tuple[str, str]]) -> dict[str, str]:
    parts = _parts()
    return {
        field.path: field.holds
        for field in leaves(message)
        if any((each.__name__, name) in missed for each in parts[field.part].__mro__ for name in (field.name, *DUMPS))
    }


class Leaf(NamedTuple):
    """A field of a message that holds no parts."""

    path: str
    part: str
    """The class that it is a field of."""
    name: str
    holds: str


def leaves(message: type[Message]) -> list[Leaf]:
    """Return every field of a message that holds no parts."""
    described = schema(message)
    return list(_leaves(message.__name__, described, described.get("$defs", {}), ""))


def _leaves(part: str, described: Json, definitions: Json, before: str) -> Iterator[Leaf]:
    for name, field in described.get("properties", {}).items():
        path, whole = f"{before}{name}", field
        while "items" in whole:
            path, whole = f"{path}[]", whole["items"]
        within = definitions.get(whole.get("$ref", "").rpartition("/")[2], {})
        if "properties" in within:
            yield from _leaves(whole["$ref"].rpartition("/")[2], within, definitions, f"{path}.")
        else:
            yield Leaf(path, part, name, _holds(whole, definitions))


def _holds(field: Json, definitions: Json) -> str:
    """Write what a field holds, such as ``uuid or null``, or its pattern; every enumeration is a word, to which others may come."""
    if "anyOf" in field:
        return " or ".join(_holds(choice, definitions) for choice in field["anyOf"])
    if "$ref" in field:
        field = definitions[field["$ref"].rpartition("/")[2]]
    return "word" if "enum" in field else field.get("format") or field.get("pattern") or field["type"]
