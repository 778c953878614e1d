"""What readers may know of a story's past: which editions are told, which may be read."""

from dataclasses import dataclass

from .models import Edition, Meaning
from .models.edition import TOLD


@dataclass
class Version:
    """One told edition; `number` is its place in the story's addresses, which never moves.

    is_readable: whether its text may be compared with others; earlier: the Version before it
    whose text may be read, or None.
    """

    number: int
    edition: Edition
    is_readable: bool
    earlier: "Version | None" = None


def tell(editions):
    """Return the Versions among *editions*, all that was shown of one story, the newest first.

    Silent fixes, notices of withdrawal and sealed texts are left out. A text from before the last
    withdrawal is told with its time, but stays withdrawn when the story is back.
    """
    withdrawn = [e.live_from for e in editions if e.meaning == Meaning.WITHDRAWAL]
    told = sorted((e for e in editions if e.meaning in TOLD), key=lambda e: (e.live_from, e.pk))
    versions, earlier = [], None
    for number, edition in enumerate(told, start=1):
        if edition.is_sealed:
            # It keeps its number, so that the addresses of the others stay.
            continue
        readable = not withdrawn or edition.live_from >= max(withdrawn)
        version = Version(number, edition, readable, earlier if readable else None)
        versions.insert(0, version)
        earlier = version if readable else None
    return versions
