"""The walk names where each of its effects arrives, what handles, decides and writes it, and the code goes through these."""

import ast
import re
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).parents[2]
WALK: Final = (ROOT / "docs/walk.md").read_text()
STEP: Final = re.compile(r"`(services/\S+\.py)`(?: `(\w+)`)?")
PROSE: Final = " ".join(re.sub(r"^```.*?^```|^\|.*?$", "", WALK, flags=re.MULTILINE | re.DOTALL).split())
IN_MODULE: Final = re.compile(r"((?:`[\w.]+`(?:, | and )?)+) in `((?:services|shared)/\S+\.py)`")
"""Names that stand directly before the module that they are in."""
EFFECTS: Final = {
    row.split("|")[1].strip(): [STEP.findall(cell) for cell in row.split("|")[2:-1]]
    for row in WALK.splitlines()
    if row.startswith("|") and len(STEP.findall(row)) > 1
}


@pytest.mark.parametrize("path", sorted(set(re.findall(r"`((?:services|shared|tests)/[^`\s]+)`", WALK))))
def test_every_path_of_the_walk_exists(path: str) -> None:
    assert (ROOT / path).exists()


@pytest.mark.parametrize("name", sorted(set(re.findall(r"`([A-Z][a-z]\w+)`", WALK))))
def test_every_class_of_the_walk_exists(name: str) -> None:
    modules = [path for path in (ROOT / "services").glob("*/*/**/*.py") if "tests" not in path.parts]
    modules += (ROOT / "shared/contracts/contracts").glob("*.py")
    assert any(f"class {name}" in path.read_text() for path in modules)


@pytest.mark.parametrize(("names", "path"), sorted(set(IN_MODULE.findall(PROSE))))
def test_what_the_walk_says_is_in_a_module_is_in_it(names: str, path: str) -> None:
    assert set(re.findall(r"[\w.]+", names)) - {"and"} <= _stated(ROOT / path)


def test_every_function_that_the_walk_names_is_one_of_a_module_that_it_names() -> None:
    modules = {ROOT / path for path in re.findall(r"`((?:services|shared)/\S+\.py)`", PROSE)}
    named = {name.removeprefix("tx.") for name in re.findall(r"`((?:tx\.)?[a-z]+(?:_[a-z]+)*)`", PROSE)}
    assert named - {name.rpartition(".")[2] for module in modules for name in _stated(module)} == set()


def test_the_walk_follows_five_effects() -> None:
    assert list(EFFECTS) == ["booking", "hold request", "hold answer", "completed session", "remittance"]


def test_the_measured_tables_of_the_architecture_page_are_current() -> None:
    checked = subprocess.run([sys.executable, ROOT / "docs/structure.py", "--check"], check=False, capture_output=True, text=True)  # noqa: S603
    assert checked.returncode == 0, checked.stderr


@pytest.mark.parametrize("effect", EFFECTS)
def test_an_effect_arrives_at_an_edge_and_is_decided_by_a_pure_module(effect: str) -> None:
    edge, [(root, _)], [(decision, _)], _ = EFFECTS[effect]
    assert {Path(file).stem for file, _ in edge} <= {"api", "messages", "__init__"}
    assert Path(root).stem == "use_cases"
    assert Path(decision).stem not in {"api", "messages", "jobs", "use_cases", "queries", "schemas", "tables", "__init__"}


@pytest.mark.parametrize("effect", EFFECTS)
def test_the_root_function_of_an_effect_calls_what_the_walk_says_decides_and_writes_it(effect: str) -> None:
    edge, [(file, root)], decided, written = EFFECTS[effect]
    assert all(_module(file) in _imported(ROOT / each).values() for each, _ in edge)
    called = _called(ROOT / file, root)
    for path, function in (*decided, *written):
        assert f"{_module(path)}.{function}" in called


@pytest.mark.parametrize("effect", EFFECTS)
def test_what_the_walk_says_writes_an_effect_is_a_function_that_may_write(effect: str) -> None:
    *_, written = EFFECTS[effect]
    for path, name in written:
        [function] = [
            node
            for node in ast.parse((ROOT / path).read_text()).body
            if isinstance(node, ast.AsyncFunctionDef | ast.FunctionDef) and node.name == name
        ]
        assert "Transaction" in {ast.unparse(argument.annotation) for argument in function.args.args if argument.annotation}


@pytest.mark.parametrize("effect", EFFECTS)
def test_the_readme_of_a_service_names_the_files_that_the_walk_begins_an_effect_with(effect: str) -> None:
    files = [Path(file) for cell in EFFECTS[effect] for file, _ in cell]
    service = Path(*files[0].parts[:3])
    readme = (ROOT / service.parent / "README.md").read_text()
    assert [file for file in files if f"`{file.relative_to(service)}`" not in readme] == []


def _module(file: str) -> str:
    return ".".join(Path(file).with_suffix("").parts[2:])


def _stated(file: Path) -> set[str]:
    """Return the functions, classes and methods of a module, and the names that it gives to constraints."""
    tree = ast.parse(file.read_text())
    functions = ast.AsyncFunctionDef | ast.FunctionDef
    classes = [node for node in tree.body if isinstance(node, ast.ClassDef)]
    methods = {f"{each.name}.{node.name}" for each in classes for node in each.body if isinstance(node, functions)}
    names = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    return {node.name for node in tree.body if isinstance(node, functions | ast.ClassDef)} | methods | names


def _imported(file: Path) -> dict[str, str]:
    """Return what each imported name of a module stands for, in full; a class or function also stands for its module."""
    found: dict[str, str] = {}
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module:
            found |= {alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names}
            found[f" {node.module}"] = node.module
    return found


def _called(file: Path, root: str) -> set[str]:
    """Return what a function uses of other modules, itself or by functions of its own module."""
    imported = _imported(file)
    functions = {node.name: node for node in ast.parse(file.read_text()).body if isinstance(node, ast.AsyncFunctionDef | ast.FunctionDef)}
    used, waiting, seen = set[str](), [root], set[str]()
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        for node in ast.walk(functions[name]):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in imported:
                used.add(f"{imported[node.value.id]}.{node.attr}")
            elif isinstance(node, ast.Name):
                used.add(imported.get(node.id, f"{_module(str(file.relative_to(ROOT)))}.{node.id}"))
                waiting += [node.id] if node.id in functions else []
    return used
