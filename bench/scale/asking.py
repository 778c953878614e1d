"""Ask servers for pages many times, and tell what that cost whom."""

import gzip
import http.client
import time
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import quantiles

from .server import cpu, cpu_since

# Connections to a server: each of its workers has some.
PARALLEL = 4


@dataclass
class Cost:
    """Of one request: seconds at three percentiles, CPU of site and database, bytes."""

    p50: float
    p95: float
    p99: float
    site: float
    database: float
    plain: int
    zipped: int

    @property
    def cpu(self):
        return self.site + self.database


class Asking:
    """One page of a server that runs, asked a few times at a turn."""

    def __init__(self, address, served, postmaster, headers=None, status=200):
        """*served* is a server as serving() gives it, *postmaster* the database's process."""
        self.address, self.served, self.postmaster = address, served, postmaster
        self.headers, self.status = {"Accept-Encoding": "gzip", **(headers or {})}, status
        self.times, self.site, self.database = [], 0, 0
        with self.connections() as connections:
            self.answer, self.body = self.get(connections[0])

    @contextmanager
    def connections(self):
        """Give connections that have been used already."""
        found = [http.client.HTTPConnection("127.0.0.1", self.served.port) for _ in range(PARALLEL)]
        for connection in found:
            self.get(connection)
        yield found
        for connection in found:
            connection.close()

    def get(self, connection):
        connection.request("GET", self.address, headers=self.headers)
        answer = connection.getresponse()
        body = answer.read()
        if answer.status != self.status:
            raise SystemExit(f"{self.address} answers {answer.status}, not {self.status}.")
        return answer, body

    def ask(self, count):
        """Ask *count* times, one after the other."""
        with self.connections() as connections:
            site, database = cpu(self.served.pid), cpu(self.postmaster)
            for number in range(count):
                start = time.perf_counter()
                self.get(connections[number % PARALLEL])
                self.times.append(time.perf_counter() - start)
            self.site += cpu_since(site, self.served.pid)
            self.database += cpu_since(database, self.postmaster)

    @property
    def plain(self):
        """The page, not compressed."""
        zipped = self.answer.headers.get("Content-Encoding") == "gzip"
        return gzip.decompress(self.body) if zipped else self.body

    def cost(self):
        """Return the Cost of a request."""
        cuts, count = quantiles(self.times, n=100), len(self.times)
        return Cost(
            cuts[49], cuts[94], cuts[98], self.site / count, self.database / count,
            len(self.plain), len(self.body),
        )  # fmt: skip
