"""The embedded server is shared, stops when nobody needs it, and survives being killed."""

import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import unquote

import psutil
import psycopg
import pytest

from config import embedded_postgres
from config.embedded_postgres import CLUSTER, Connection, EmbeddedPostgresError, ensure_running, url

PROJECT = Path(embedded_postgres.__file__).parent.parent
PACKAGES = Path(psycopg.__file__).parent.parent
USER = """
import sys
from pathlib import Path
from config.embedded_postgres import ensure_running, url
print(url(ensure_running(Path(sys.argv[1]))), flush=True)
sys.stdin.read()
"""

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root hands the server to another account")


class User:
    """A process of the checkout that needs the database."""

    def __init__(self, var: Path, *, python: str = sys.executable, account: str | None = None) -> None:
        self.process = subprocess.Popen(
            [python, "-c", USER, str(var)],
            cwd="/",
            env={"PATH": os.defpath, "PYTHONPATH": f"{PROJECT}:{PACKAGES}", "PYTHONDONTWRITEBYTECODE": "1"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            user=account,
            group=pwd.getpwnam(account).pw_gid if account else None,
            extra_groups=[] if account else None,
            text=True,
        )

    def url(self) -> str:
        assert self.process.stdout
        return self.process.stdout.readline().strip()

    def ask(self, statement: str) -> object:
        with psycopg.connect(self.url()) as connection:
            row = connection.execute(statement).fetchone()
        return row[0] if row else None

    def leave(self) -> None:
        self.process.communicate()

    def kill(self) -> None:
        self.process.kill()
        self.process.communicate()


@pytest.fixture
def var() -> Iterator[Path]:
    """A folder that the server's account may enter, as a checkout's usually is."""
    folder = Path(tempfile.mkdtemp(prefix="wiec-test-"))
    folder.chmod(0o711)
    yield folder / "postgres"
    _kill_everything(folder / "postgres")
    shutil.rmtree(folder)


def _processes(var: Path) -> tuple[list[psutil.Process], list[psutil.Process]]:
    """The keepers and the servers of a folder."""
    keepers, servers = [], []
    for process in psutil.process_iter():
        try:
            words = process.cmdline()
        except psutil.Error:
            continue
        if "keep" in words and str(var) in words:
            keepers.append(process)
        elif str(var / CLUSTER) in words:
            servers.append(process)
    return keepers, servers


def _kill_everything(var: Path) -> None:
    for process in [process for group in _processes(var) for process in group]:
        process.send_signal(signal.SIGKILL)
    _wait_for(lambda: _processes(var) == ([], []))


def _wait_for(condition: Callable[[], bool], seconds: float = 15) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "this did not come true in time"
        time.sleep(0.05)


def _server_pid(var: Path) -> int:
    return int((var / CLUSTER / "postmaster.pid").read_text().split()[0])


def test_processes_that_come_at_once_share_one_server_which_stops_after_the_last(var: Path) -> None:
    users = [User(var) for _ in range(4)]
    urls = {user.url() for user in users}
    keepers, servers = _processes(var)
    users[0].leave()
    users[1].kill()
    time.sleep(embedded_postgres.IDLE_SECONDS + 1.5)
    still_there = _processes(var)
    users[2].leave()
    users[3].leave()

    assert len(urls) == 1
    assert (len(keepers), len(servers)) == (1, 1)
    assert still_there == (keepers, servers)
    _wait_for(lambda: _processes(var) == ([], []))
    assert not (var / "ready.json").exists()


def test_what_was_committed_is_there_after_everything_was_killed(var: Path) -> None:
    first = User(var)
    with psycopg.connect(first.url()) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")

    first.kill()
    _kill_everything(var)
    second = User(var)

    assert second.ask("SELECT answer FROM kept") == 42
    second.leave()


def test_a_server_without_its_keeper_is_adopted_and_still_stops(var: Path) -> None:
    first = User(var)
    first.url()
    server = _server_pid(var)
    _processes(var)[0][0].send_signal(signal.SIGKILL)
    _wait_for(lambda: _processes(var)[0] == [])

    second = User(var)
    assert second.ask("SELECT 1") == 1

    assert _server_pid(var) == server
    first.leave()
    second.leave()
    _wait_for(lambda: _processes(var) == ([], []))


def test_a_killed_server_comes_back_for_those_who_use_it(var: Path) -> None:
    user = User(var)
    address = user.url()
    old = _server_pid(var)

    os.kill(old, signal.SIGKILL)
    _wait_for(lambda: not psutil.pid_exists(old))
    _wait_for(lambda: (var / CLUSTER / "postmaster.pid").exists() and _server_pid(var) != old)
    _wait_for(lambda: _can_connect(address))

    user.leave()


def _can_connect(address: str) -> bool:
    try:
        psycopg.connect(address).close()
    except psycopg.OperationalError:
        return False
    return True


def test_a_half_made_cluster_is_made_again(var: Path) -> None:
    half_made = var / f"{CLUSTER}.new"
    half_made.mkdir(parents=True)
    (half_made / "PG_VERSION").write_text("18\n")

    user = User(var)

    assert user.ask("SELECT 1") == 1
    assert not half_made.exists()
    user.leave()


def test_a_stale_pid_file_whose_number_another_program_has_now_is_no_hindrance(var: Path) -> None:
    first = User(var)
    first.url()
    first.leave()
    _wait_for(lambda: _processes(var) == ([], []))
    (var / CLUSTER / "postmaster.pid").write_text(f"{os.getpid()}\n{var / CLUSTER}\n")

    second = User(var)

    assert second.ask("SELECT 1") == 1
    second.leave()


def test_a_path_too_long_for_a_socket_gets_its_socket_elsewhere(var: Path) -> None:
    long = var.parent / ("long-" * 20) / "postgres"
    long.parent.mkdir()

    user = User(long)
    address = user.url()

    sockets = Path(unquote(address.partition("host=")[2]))
    assert sockets.parent == Path(tempfile.gettempdir())
    assert sockets.stat().st_mode & 0o077 == 0
    assert _can_connect(address)
    user.leave()
    _wait_for(lambda: _processes(long) == ([], []))
    shutil.rmtree(sockets)


def test_the_server_is_reached_by_its_socket_alone_and_knows_utf8_without_the_system(var: Path) -> None:
    user = User(var)
    with psycopg.connect(user.url()) as connection:
        known = connection.execute(
            "SELECT current_setting('listen_addresses'), current_setting('fsync'), current_setting('server_encoding'),"
            " datlocprovider, datlocale FROM pg_database WHERE datname = current_database()"
        ).fetchone()
        lowered = connection.execute("SELECT lower('ŻÓŁW')").fetchone()

    assert known == ("", "on", "UTF8", "b", "C.UTF-8")
    assert lowered == ("żółw",)
    assert (var / "socket").stat().st_mode & 0o077 == 0
    user.leave()


def test_the_servers_log_holds_no_values_of_refused_statements(var: Path) -> None:
    user = User(var)
    with psycopg.connect(user.url(), autocommit=True) as connection:
        connection.execute("CREATE TABLE people (email text PRIMARY KEY)")
        connection.execute("INSERT INTO people VALUES ('ann@example.org')")
        with pytest.raises(psycopg.errors.UniqueViolation):
            connection.execute("INSERT INTO people VALUES ('ann@example.org')")

    assert "ann@example.org" not in (var / "server.log").read_text()
    user.leave()


@as_root
def test_a_checkout_closed_to_the_servers_account_keeps_its_rights() -> None:
    folder = Path(tempfile.mkdtemp(prefix="wiec-test-"))
    var = folder / "postgres"
    assert folder.stat().st_mode & 0o777 == 0o700

    user = User(var)
    data = Path(str(user.ask("SHOW data_directory")))
    user.leave()
    _wait_for(lambda: _processes(var)[0] == [])

    assert folder.stat().st_mode & 0o777 == 0o700
    assert data.name == CLUSTER
    assert not data.is_relative_to(folder)
    shutil.rmtree(data.parent)
    shutil.rmtree(folder)


@as_root
@pytest.mark.skipif(not Path("/usr/bin/python3").exists(), reason="needs a Python that every account may run")
def test_an_ordinary_user_runs_it_as_themselves(var: Path) -> None:
    shutil.chown(var.parent, "nobody")

    user = User(var, python="/usr/bin/python3", account="nobody")

    assert user.url().startswith("postgresql://")
    assert (var / CLUSTER).owner() == "nobody"
    assert psutil.Process(_server_pid(var)).username() == "nobody"
    user.leave()


def test_a_missing_wheel_is_named(var: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)

    with pytest.raises(EmbeddedPostgresError, match="make run"):
        ensure_running(var)


def test_an_address_for_other_processes_names_the_same_server() -> None:
    connection: Connection = {"NAME": "wiec", "USER": "wiec", "PASSWORD": "", "HOST": "/var/a b", "PORT": "5432"}

    assert url(connection) == "postgresql://wiec@/wiec?host=%2Fvar%2Fa%20b"
