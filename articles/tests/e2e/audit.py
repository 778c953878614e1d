"""What axe and the width of the page say about it."""

from axe_playwright_python.sync_playwright import Axe

WIDTHS = (360, 1440)
IS_WIDE = "document.documentElement.scrollWidth > document.documentElement.clientWidth"


def faults_of(page, problems):
    """Return what is wrong with *page* as it stands, and the first elements that have it."""
    assert problems == []
    found = Axe().run(page).response["violations"]
    # Axe measures by inline styles, which the policy reports as the page's own.
    problems.clear()
    faults = [(fault["id"], [node["html"][:200] for node in fault["nodes"][:3]]) for fault in found]
    return faults + ["scrolls sideways"] * page.evaluate(IS_WIDE)
