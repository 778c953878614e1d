"""The real server on a database of the bench, and what its processes and PostgreSQL's use."""

import os
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError

ROOT = Path(__file__).resolve().parents[2]
# The first server's; each that runs beside it takes the next.
PORT = int(os.environ.get("PORT", "8313"))


@dataclass
class Served:
    """A server that runs: its process and its port."""

    pid: int
    port: int

    @property
    def base(self):
        return f"http://127.0.0.1:{self.port}"


def manage(url, *words, **environ):
    """Run manage.py on the database *url*; return what it told."""
    command = [sys.executable, "manage.py", *map(str, words)]
    run = subprocess.run(  # noqa: S603
        command, cwd=ROOT, env=as_environ(url, **environ), stdout=subprocess.PIPE, check=True
    )
    return run.stdout.decode()


def as_environ(url, port=PORT, **more):
    base = f"http://127.0.0.1:{port}"
    return {**os.environ, "DATABASE_URL": url, "PORT": str(port), "SITE_URL": base, **more}


@contextmanager
def serving(url, port, **environ):
    """Serve the database *url* as `make run` does; give the Served."""
    with tempfile.TemporaryDirectory() as folder:
        environ = as_environ(url, port, VAR_DIR=folder, **environ)
        if "DJANGO_SETTINGS_MODULE" not in environ:
            manage(url, "collectstatic", "--no-input", VAR_DIR=folder)
        command = [sys.executable, "manage.py", "serve"]
        with subprocess.Popen(command, cwd=ROOT, env=environ, stdout=subprocess.DEVNULL) as server:  # noqa: S603
            try:
                served = Served(server.pid, port)
                wait(served)
                yield served
            finally:
                server.send_signal(signal.SIGTERM)


def wait(served):
    for _ in range(100):
        try:
            with urllib.request.urlopen(f"{served.base}/404"):  # noqa: S310 - our own
                return
        except URLError as error:
            if hasattr(error, "code"):
                return
            time.sleep(0.2)
    raise SystemExit("The server doesn't answer.")


def family(pid):
    """Return the numbers of the process *pid* and all below it."""
    parents = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        parents.setdefault(int(fields[1]), []).append(int(stat.parent.name))
    found, left = [], [pid]
    while left:
        found.append(one := left.pop())
        left += parents.get(one, [])
    return found


def cpu(pid):
    """Return {process: seconds of CPU} of *pid* and those below it, alive now; {} for None."""
    used = {}
    for one in family(pid) if pid else ():
        try:
            tasks = Path(f"/proc/{one}/task").glob("*/schedstat")
            used[one] = sum(int(task.read_text().split()[0]) for task in tasks) / 1e9
        except OSError:
            continue
    return used


def cpu_since(before, pid):
    """Return the seconds of CPU that cpu(pid) tells beyond *before*: what has ended counts not."""
    return sum(seconds - before.get(one, 0) for one, seconds in cpu(pid).items())


def memory(pid):
    """Return the proportional set size of *pid* and those below it, in MB."""
    total = 0
    for one in family(pid):
        lines = Path(f"/proc/{one}/smaps_rollup").read_text().splitlines()
        total += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return total / 1024
