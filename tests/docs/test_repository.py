"""The repository works anywhere: it names no machine's folders and nobody's package server."""

import re
import subprocess
import sys
from ast import literal_eval
from typing import Final
from urllib.parse import urlsplit

from support.repository import ROOT, texts

FOLDERS: Final = re.compile(r"(?<![\w.<}])/(?:home|Users|root|work|mnt/data)/[\w.-]+")
SOURCES: Final = re.compile(r"\b(?:index|extra-index|find-links|registry)[\w-]*\s*=\s*['\"{ ]*(?:registry\s*=\s*['\"])?https?://([\w.-]+)")


def test_no_file_names_a_folder_of_somebodys_machine() -> None:
    found = [f"{path}: {place}" for path, text in texts() for place in [*FOLDERS.findall(text), *re.findall(re.escape(f"{ROOT}/"), text)]]
    assert found == []


def test_no_file_names_a_package_server() -> None:
    found = [f"{path}: {host}" for path, text in texts() for host in SOURCES.findall(text)]
    assert found == []
    mine = configured_hosts()
    assert [str(path) for path, text in texts() if any(host in text for host in mine)] == []


def configured_hosts() -> set[str]:
    """Return where this machine gets its packages from."""
    stated = subprocess.run([sys.executable, "-m", "pip", "config", "list"], capture_output=True, text=True, check=False).stdout
    values = [line.partition("=")[2] for line in stated.splitlines() if line.partition("=")[0].endswith(("index-url", "find-links"))]
    hosts = {urlsplit(url).hostname for value in values for url in str(literal_eval(value)).split()}
    return {host for host in hosts if host and host != "localhost"}
