"""Ask the server for one page many times, and tell what that cost whom."""

import gzip
import http.client
import time
from dataclasses import dataclass
from statistics import quantiles

from .server import PORT, cpu

CONNECTIONS = 4


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
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def cpu(self):
        return self.site + self.database


def ask(address, count, server, postmaster, headers=None, status=200):
    """Return the Cost of a request for *address*, asked *count* times one after the other."""
    headers = {"Accept-Encoding": "gzip", **(headers or {})}
    connections = [http.client.HTTPConnection("127.0.0.1", PORT) for _ in range(CONNECTIONS)]
    for connection in connections * 2:
        answer, body = get(connection, address, headers)
        if answer.status != status:
            raise SystemExit(f"{address} answers {answer.status}, not {status}.")
    times, site, database = [], cpu(server), cpu(postmaster)
    for number in range(count):
        start = time.perf_counter()
        get(connections[number % CONNECTIONS], address, headers)
        times.append(time.perf_counter() - start)
    site, database = cpu(server) - site, cpu(postmaster) - database
    for connection in connections:
        connection.close()
    zipped = answer.headers.get("Content-Encoding") == "gzip"
    plain = gzip.decompress(body) if zipped else body
    cuts = quantiles(times, n=100)
    return Cost(
        cuts[49], cuts[94], cuts[98], site / count, database / count,
        len(plain), len(body), answer.headers, plain,
    )  # fmt: skip


def get(connection, address, headers):
    connection.request("GET", address, headers=headers)
    answer = connection.getresponse()
    return answer, answer.read()
