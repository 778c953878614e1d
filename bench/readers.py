"""What public tools say of a running site: its weight, the Nu HTML checker, Lighthouse.

Usage: VNU=vnu.jar LIGHTHOUSE=lighthouse bench/readers.py http://127.0.0.1:8000. The two come from
npm (vnu-jar, with java; lighthouse, with CHROME_PATH); what is absent is told and left out.
"""

import gzip
import html
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urljoin, urlsplit
from urllib.request import Request, urlopen

MOST = 400
# Pages that nothing links to.
ERRORS = ("/nulle-part/", "/?q=%00", "/articles/1/titre/versions/1-99/", "/recherche/?mots=essai")
STORY = re.compile(r'<h2><a href="(/articles/[^"]+)"')
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
FLAGS = "--headless --no-sandbox --disable-gpu --disable-quic --disable-background-networking"


def get(address):
    """Return (whether it is HTML, content) of *address*, whatever its status."""
    try:
        answer = urlopen(Request(address))  # noqa: S310 - the site named by hand
    except HTTPError as error:
        answer = error
    return answer.headers.get_content_type() == "text/html", answer.read().decode()


def walk(site):
    """Return {path: content} of the site's pages, at most MOST."""
    pages, waiting = {}, ["/", *ERRORS]
    while waiting and len(pages) < MOST:
        path = waiting.pop(0)
        if path in pages:
            continue
        is_page, content = get(site + path)
        if not is_page:
            continue
        pages[path] = content
        for link in re.findall(r'href="([^"#]+)', content):
            parts = urlsplit(urljoin(site + path, html.unescape(link)))
            if f"{parts.scheme}://{parts.netloc}" == site and not parts.path.startswith("/static/"):
                waiting.append(f"{parts.path}?{parts.query}" if parts.query else parts.path)
    return pages


def weigh(site, front):
    (sheet,) = re.findall(r'rel="stylesheet" href="([^"]+)"', front)
    _is_page, css = get(site + sheet)
    sizes = [len(gzip.compress(text.encode(), 9, mtime=0)) for text in (front, css)]
    scripts = front.count("<script") - front.count('<script type="application/ld+json"')
    print(f"front page: HTML {sizes[0]} + CSS {sizes[1]} = {sum(sizes)} bytes, {scripts} scripts")


def check_html(jar, pages):
    """Print what the Nu HTML checker finds in *pages*; return how much."""
    with tempfile.TemporaryDirectory() as folder:
        for number, content in enumerate(pages.values()):
            Path(folder, f"{number}.html").write_text(content)
        command = ["java", "-jar", jar, "--format", "json", "--exit-zero-always", folder]
        run = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603
    messages, paths = json.loads(run.stderr)["messages"], list(pages)
    found = Counter()
    for message in messages:
        found[message.get("subType", message["type"])] += 1
        path = paths[int(Path(urlsplit(message["url"]).path).stem)]
        print(f"  {path}: {message['message']}: {message.get('extract', '').strip()[:100]}")
    told = ", ".join(f"{number} {kind}" for kind, number in found.items()) or "nothing"
    print(f"Nu HTML checker: {told} on {len(pages)} pages")
    return len(messages)


def run_lighthouse(program, address):
    """Print the four scores of *address* on a phone, and what lowers them; return the lowest."""
    command = [program, address, "--quiet", "--output=json", f"--chrome-flags={FLAGS}"]
    run = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603
    report = json.loads(run.stdout)
    scores = [round(100 * report["categories"][name]["score"]) for name in CATEGORIES]
    audits = report["audits"]
    measured = [
        f"{name} {audits[key]['displayValue']}"
        for name, key in (("LCP", "largest-contentful-paint"), ("CLS", "cumulative-layout-shift"))
    ]
    print(f"Lighthouse {urlsplit(address).path}: {scores} {', '.join(measured)}")
    for name in CATEGORIES:
        for part in report["categories"][name]["auditRefs"]:
            audit = audits[part["id"]]
            if part["weight"] and audit["score"] is not None and audit["score"] < 1:
                print(f"  {name}: {audit['title']} ({audit.get('displayValue', audit['score'])})")
    return min(scores)


def main(site):
    site = site.rstrip("/")
    pages = walk(site)
    front = pages["/"]
    weigh(site, front)
    is_bad = False
    jar, lighthouse = os.environ.get("VNU", ""), os.environ.get("LIGHTHOUSE", "lighthouse")
    if Path(jar).is_file() and shutil.which("java"):
        is_bad |= check_html(jar, pages) > 0
    else:
        print("Nu HTML checker: absent. npm install vnu-jar, apt install default-jre, set VNU.")
    if shutil.which(lighthouse):
        topics = [path for path in pages if path.startswith("/sujets/")]
        for path in ["/", STORY.search(front)[1], *topics[:1]]:
            is_bad |= run_lighthouse(lighthouse, site + path) < 100
    else:
        print("Lighthouse: absent. npm install lighthouse, set LIGHTHOUSE and CHROME_PATH.")
    return is_bad


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1]))
