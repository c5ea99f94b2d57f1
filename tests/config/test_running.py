"""One service of a checkout at a time, and whoever asks learns where it is."""

import subprocess
import sys
from pathlib import Path

import pytest

from config.running import AlreadyRuns, only_one, running_at

HOLD = """
import sys
from pathlib import Path
from config.running import only_one

with only_one(Path(sys.argv[1]), "http://127.0.0.1:1"):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_a_second_service_is_refused_with_the_address_of_the_first(tmp_path: Path) -> None:
    with only_one(tmp_path, "http://127.0.0.1:8000"):
        assert running_at(tmp_path) == "http://127.0.0.1:8000"
        with pytest.raises(AlreadyRuns, match=r"http://127\.0\.0\.1:8000"), only_one(tmp_path, "http://127.0.0.1:8001"):
            pass

    assert running_at(tmp_path) is None


def test_nothing_runs_in_a_fresh_checkout(tmp_path: Path) -> None:
    assert running_at(tmp_path / "var") is None


def test_a_killed_service_no_longer_counts(tmp_path: Path) -> None:
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == b"held\n"
    assert running_at(tmp_path) == "http://127.0.0.1:1"

    holder.kill()
    holder.communicate()

    assert running_at(tmp_path) is None
