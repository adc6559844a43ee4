"""`make image` of a service prints what is missing where no container engine answers, and builds with the one that does."""

import subprocess
from pathlib import Path

import pytest
from servers.rights import EVERY_SERVICE
from support.repository import ROOT

LIMIT_S = 20


@pytest.mark.parametrize("service", EVERY_SERVICE)
def test_without_an_engine_an_image_is_not_tried_and_the_way_to_name_another_engine_is_said(service: str, tmp_path: Path) -> None:
    for absent in ("an-engine-that-is-not-installed", engine(tmp_path, answers=False)):
        done = make_image(service, absent)
        assert done.returncode != 0
        assert f"No container engine answers to `{absent} info`" in done.stderr
        assert "DOCKER=podman" in done.stderr
    assert not (tmp_path / "called").exists()


def test_an_engine_that_answers_builds_the_image_of_the_version(tmp_path: Path) -> None:
    done = make_image("rooms", engine(tmp_path, answers=True))
    assert done.returncode == 0, done.stderr
    assert "build --file Dockerfile --build-arg HOLDFAST_RELEASE=" in (tmp_path / "called").read_text()


def engine(folder: Path, *, answers: bool) -> str:
    """Make a program that is called like a container engine, and notes what it is called for beside `info`."""
    program = folder / "engine"
    program.write_text(f'#!/bin/sh\nif [ "$1" = info ]; then exit {0 if answers else 1}; fi\necho "$@" > {folder / "called"}\n')
    program.chmod(0o755)
    return str(program)


def make_image(service: str, docker: str) -> subprocess.CompletedProcess[str]:
    """Run `make image` of a service with an engine."""
    command = ["make", "-C", f"services/{service}", "image", f"DOCKER={docker}"]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=LIMIT_S)  # noqa: S603 (our own)
