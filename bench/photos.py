"""Add photos of 12 megapixels while editors type; tell the time, the memory, and what failed.

Usage: .venv/bin/python bench/photos.py [--photos 5] [--editors 20]. Makes its own database, SQLite,
and server, in a folder that goes away. The first part makes one photo's sizes in a process of its
own, so that its memory is that of nothing else.
"""

import argparse
import http.client
import io
import os
import resource
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from autosave import ROOT, TOKEN, Editor, free_port, prepare, report, serve

ONE = "--one"


def draw(seed):
    """Return a JPEG of 4000 × 3000 pixels as busy as a photograph."""
    from PIL import Image

    Image.init()
    grain = [Image.effect_noise((1000, 750), 60 + seed).resize((4000, 3000)) for _ in range(3)]
    content = io.BytesIO()
    Image.merge("RGB", grain).save(content, "JPEG", quality=92)
    return content.getvalue()


def make_one(path):
    """Read the file *path* as an upload, make its sizes, and tell what that took."""
    import django

    django.setup()
    from django.core.management import call_command

    from articles import photo_acts, renditions
    from articles.models import User

    call_command("migrate", verbosity=0)
    user = User.objects.create_superuser("une")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = time.monotonic()
    photo = photo_acts.add(io.BytesIO(Path(path).read_bytes()), "une.jpg", by=user)
    read, worked = time.monotonic(), time.process_time()
    count = renditions.make(photo)
    made, worked = time.monotonic(), time.process_time() - worked
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(f"one photo, {Path(path).stat().st_size / 1e6:.1f} MB: read in {read - start:.2f} s,")
    print(f"{count} sizes in {made - read:.2f} s, {worked:.2f} s of CPU;")
    print(f"{most // 1024} MB at most, {before // 1024} MB before")


def upload(port, cookie, content, name):
    """Send *content* as the desk's form does; return the status and how long it took."""
    border = "----essai"
    parts = [
        f'--{border}\r\nContent-Disposition: form-data; name="csrfmiddlewaretoken"',
        f"\r\n\r\n{TOKEN}\r\n",
        f'--{border}\r\nContent-Disposition: form-data; name="files"; filename="{name}"\r\n'
        "Content-Type: image/jpeg\r\n\r\n",
    ]
    body = "".join(parts).encode() + content + f"\r\n--{border}--\r\n".encode()
    headers = {
        "Content-Type": f"multipart/form-data; boundary={border}",
        "Cookie": f"sessionid={cookie}; csrftoken={TOKEN}",
    }
    start = time.monotonic()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("POST", "/admin/articles/photo/add/", body, headers)
    response = connection.getresponse()
    response.read()
    return response.status, time.monotonic() - start


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--photos", type=int, default=5)
    parser.add_argument("--editors", type=int, default=20)
    parser.add_argument(ONE, dest="one")
    options = parser.parse_args()
    sys.path.insert(0, str(ROOT))
    if options.one:
        make_one(options.one)
        return 0
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {"DJANGO_SETTINGS_MODULE": "newsroom.settings"}
        picture = Path(folder) / "une.jpg"
        picture.write_bytes(draw(0))
        environ = {**os.environ, "VAR_DIR": f"{folder}/one", "DATABASE_URL": ""}
        subprocess.run([sys.executable, __file__, ONE, str(picture)], env=environ, check=True)  # noqa: S603
        os.environ |= {"VAR_DIR": folder, "DATABASE_URL": f"sqlite:///{folder}/newsroom.sqlite3"}
        places = prepare(options.editors)
        files = [draw(seed) for seed in range(1, options.photos + 1)]
        return add_while_typing(places, files)


def add_while_typing(places, files):
    """Add *files* while the editors of *places* type; return whether anything failed."""
    from articles.models import Rendition

    port = free_port()
    server = serve(port)
    try:
        until = time.monotonic() + 10 + 8 * len(files)
        editors = [Editor(port, *place, 2, until) for place in places]
        for editor in editors:
            editor.start()
        time.sleep(5)
        for n, content in enumerate(files):
            status, took = upload(port, places[0][2], content, f"essai-{n}.jpg")
            print(f"photo {n + 1}: answered {status} in {took:.2f} s")
        start = time.monotonic()
        while Rendition.objects.count() < 24 * len(files) and time.monotonic() < until:
            time.sleep(0.2)
        print(f"all sizes {time.monotonic() - start:.1f} s after the last answer")
        for editor in editors:
            editor.join()
        made = Rendition.objects.count()
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait()
    report(editors)
    faults = [fault for editor in editors for fault in editor.faults]
    print(f"{made} sizes, {len(faults)} errors", *faults[:5], sep="\n")
    return bool(faults or made < 24 * len(files))


if __name__ == "__main__":
    sys.exit(main())
