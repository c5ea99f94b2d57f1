"""The locks, the network and the dependencies are as the project promises."""

import json
import re
import socket
import tomllib
from pathlib import Path

import pytest
from django.conf import settings
from pytest_socket import SocketConnectBlockedError

ROOT = Path(settings.BASE_DIR)


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_a_lock_has_hashes_and_no_addresses(name: str) -> None:
    lock = (ROOT / name).read_text(encoding="utf-8")
    entries = re.split(r"\n(?=\S)", "\n".join(line for line in lock.splitlines() if not line.startswith("#")))

    assert all("==" in entry and "--hash=sha256:" in entry for entry in entries if entry.strip())
    assert "://" not in lock
    assert "--index-url" not in lock


def test_both_locks_name_the_same_versions() -> None:
    def versions(name: str) -> set[str]:
        return set(re.findall(r"^([a-z0-9-]+==\S+)", (ROOT / name).read_text(encoding="utf-8"), re.MULTILINE))

    assert versions("requirements.txt") <= versions("requirements-dev.txt")


def test_the_front_end_lock_has_hashes_and_no_addresses() -> None:
    lock = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))
    packages = {name: entry for name, entry in lock["packages"].items() if name}

    assert packages
    assert all(entry["integrity"].startswith("sha512-") and "resolved" not in entry for entry in packages.values())


def test_the_locks_are_of_the_dependencies_as_they_are_now() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    locked = set(
        re.findall(r"^([a-z0-9-]+)==", (ROOT / "requirements-dev.txt").read_text(encoding="utf-8"), re.MULTILINE)
    )
    asked = [*project["project"]["dependencies"], *project["dependency-groups"]["dev"]]

    assert {re.split(r"[^A-Za-z0-9-]", name)[0].lower() for name in asked} <= locked


@pytest.mark.filterwarnings("ignore:A test tried to use socket:UserWarning")
def test_a_test_reaches_no_network() -> None:
    with pytest.raises(SocketConnectBlockedError), socket.socket() as outside:
        outside.connect(("192.0.2.1", 80))
