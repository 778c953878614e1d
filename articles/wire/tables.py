"""Tables of tab-separated text, as the fixtures' sources are kept; stores nothing."""

from collections.abc import Iterator
from pathlib import Path


class TableError(Exception):
    """A table that can't be used; its text is "file:line: what"."""

    def __init__(self, where: str, what: str):
        super().__init__(f"{where}: {what}")


def read(path: Path, *columns: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield each row of the table at *path* with its place, "file:line"; the first line is names.

    Nothing is quoted: a headline holds quotes. Raise TableError if the columns aren't *columns*.
    """
    for number, line in enumerate(path.read_bytes().splitlines(), start=1):
        where = f"{path.name}:{number}"
        try:
            values = line.decode().split("\t")
        except UnicodeDecodeError as error:
            raise TableError(where, "bytes that aren't UTF-8") from error
        if number == 1 and values != list(columns):
            raise TableError(where, f"the columns must be {', '.join(columns)}")
        if len(values) != len(columns):
            raise TableError(where, f"{len(values)} columns instead of {len(columns)}")
        if number > 1:
            yield where, dict(zip(columns, values, strict=True))
