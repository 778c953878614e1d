"""Renew the pictures of the readers' pages: docs/screenshots.py http://127.0.0.1:8000 (make run).

One sheet a page: desktop and phone, by day and by night. CHROMIUM names the browser.
"""

import io
import os
import re
import sys
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

HEIGHT = 720
SIZES = ({"width": 1280, "height": HEIGHT}, {"width": 390, "height": HEIGHT})
GAP, GROUND = 24, "#8c8c8c"
ARGS = ["--no-sandbox", "--disable-gpu", "--hide-scrollbars"]


def pages_of(page):
    """Return {name: path}, from what the front page leads to."""
    page.goto("/")
    story = page.locator(".lead h2 a").get_attribute("href")
    page.goto(story)
    topic = page.locator(".topics a").first.get_attribute("href")
    return {"front": "/", "article": story, "topic": topic, "search": "/recherche/?mots=paris"}


def shoot(browser, site, path):
    """Return the sheet of the page at *path*."""
    width = sum(size["width"] + GAP for size in SIZES) + GAP
    sheet, top = Image.new("RGB", (width, 2 * (HEIGHT + GAP) + GAP), GROUND), GAP
    for scheme in ("light", "dark"):
        left = GAP
        for size in SIZES:
            options = {"color_scheme": scheme, "locale": "fr-FR", "viewport": size}
            page = browser.new_page(base_url=site, **options)
            page.goto(path)
            sheet.paste(Image.open(io.BytesIO(page.screenshot())), (left, top))
            left += size["width"] + GAP
            page.close()
        top += HEIGHT + GAP
    return sheet.resize((sheet.width // 2, sheet.height // 2), Image.Resampling.LANCZOS)


def main(site):
    with sync_playwright() as playwright:
        path = os.environ.get("CHROMIUM", "/usr/bin/chromium")
        browser = playwright.chromium.launch(executable_path=path, args=ARGS)
        for name, address in pages_of(browser.new_page(base_url=site)).items():
            sheet = shoot(browser, site, address).quantize(28, Image.Quantize.MAXCOVERAGE)
            sheet.save(Path(__file__).with_name(f"readers-{name}.png"), optimize=True)
        browser.close()


if __name__ == "__main__":
    if len(sys.argv) != 2 or not re.match("https?://", sys.argv[1]):
        sys.exit(__doc__)
    main(sys.argv[1].rstrip("/"))
