"""The figures of a run as tables in docs/performance.md, between two marks for each database."""

from .server import ROOT

FILE = ROOT / "docs" / "performance.md"
START, END = "<!-- {}: written by bench.scale -->", "<!-- end of {} -->"


def page_table(sizes, unit):
    """Return the rows of {editions: {page: (Cost, queries)}}; *unit* is the yardstick's CPU."""
    heads = [f"{editions:,}: CPU, of it database | × (d) | p50 / p95 / p99" for editions in sizes]
    ratio = " | large / small" if len(sizes) > 1 else ""
    yield f"| page | queries | bytes | {' | '.join(heads)}{ratio} |"
    yield "| --- |" + " ---: |" * (2 + 3 * len(sizes) + bool(ratio))
    largest = sizes[max(sizes)]
    for page, (_cost, queries) in largest.items():
        costs = [
            sizes[editions][page][0] if page in sizes[editions] else None for editions in sizes
        ]
        cells = [page, str(queries), f"{costs[-1].plain:,}"]
        for editions, cost in zip(sizes, costs, strict=True):
            cells += as_cells(cost, unit[editions])
        if ratio:
            cells.append(f"{costs[-1].cpu / costs[0].cpu:.2f}" if costs[0] else "–")
        yield f"| {' | '.join(cells)} |"


def as_cells(cost, unit):
    if cost is None:
        return ["–"] * 3
    percentiles = " / ".join(f"{seconds * 1000:.1f}" for seconds in (cost.p50, cost.p95, cost.p99))
    return [
        f"{cost.cpu * 1000:.2f} ms, {cost.database * 1000:.2f}",
        f"{cost.cpu / unit:.2f}",
        percentiles,
    ]


def write(database, lines):
    """Put *lines* in place of those that the run before wrote about *database*."""
    text, start, end = FILE.read_text(), START.format(database), END.format(database)
    if start not in text:
        text = f"{text.rstrip()}\n\n### {database}\n{start}\n{end}\n"
    before, _, rest = text.partition(start)
    after = rest.partition(end)[2]
    FILE.write_text("\n".join([before.rstrip("\n"), start, *lines, end]) + after)
