"""Making the sizes of a photo that readers are given: once, after the upload, beside requests."""

import io
import logging
import math
import os
import threading
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from django.db import connection, transaction
from PIL import Image, ImageCms

from . import photo_acts
from .models import Photo, Rendition
from .models.photo import FORMATS, WHOLE, WIDTHS, photo_storage, store
from .pictures import DAMAGE

logger = logging.getLogger(__name__)

ENCODERS = {
    "avif": {"format": "AVIF", "quality": 55, "speed": 8},
    "jpg": {"format": "JPEG", "quality": 80, "progressive": True, "optimize": True},
}
# By EXIF's orientation.
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
WHITE = (255, 255, 255)
THUMBNAIL = (480, 480)


def give_way():
    """Let every request go before this thread: encoding takes whole cores."""
    try:
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), 10)
    except OSError:
        # Only Linux knows priorities of threads.
        pass


# One at a time, so that many photos at once take the memory of one.
studio = ThreadPoolExecutor(max_workers=1, thread_name_prefix="renditions", initializer=give_way)


def make_soon(photo):
    """Make what *photo* lacks once the transaction is over, beside the requests.

    What a stopped process leaves is made by manage.py make_renditions.
    """
    transaction.on_commit(partial(studio.submit, make_in_thread, photo.pk))


def make_in_thread(key):
    try:
        make(Photo.objects.get(pk=key))
    except Exception:
        # A thread has no caller to tell.
        logger.exception("renditions failed photo=%s", key)
    finally:
        connection.close()


def make(photo):
    """Make the sizes that *photo* lacks and show them where it is published; count the files.

    Each stands in the storage before its row says so.
    """
    made = set(photo.renditions.values_list("name", flat=True))
    rows, image = [], None
    for crop, (ratio, focal) in wanted_crops(photo).items():
        if missing := [r for r in planned(photo, crop, ratio) if r.name not in made]:
            image = image or load(photo)
            rows += [write(rendition, image, focal) for rendition in missing]
    if rows:
        with transaction.atomic():
            # Two processes may have made the same: a name's bytes are the same.
            Rendition.objects.bulk_create(rows, ignore_conflicts=True)
            photo_acts.show_sizes(photo)
        logger.info("made renditions=%d photo=%s", len(rows), photo.pk)
    return len(rows)


def wanted_crops(photo):
    """Return {crop name: (ratio, focal point)}: as it is cut now, and as versions froze it."""
    wanted = {
        name: (ratio, (photo.focal_x, photo.focal_y)) for ratio, name in photo.crop_names().items()
    }
    shown = (frozen for found in photo.versions() for v in found for frozen in v.frozen_photos())
    for frozen in shown:
        if frozen["key"] == photo.key:
            for ratio, name in frozen["crops"].items():
                wanted.setdefault(name, (ratio, tuple(frozen["focal"])))
    return wanted


def planned(photo, crop, ratio):
    """Return the unsaved Renditions of one *crop* of *photo*: its widths, in every format."""
    _box, (width, height) = cut(photo.width, photo.height, ratio, (0.5, 0.5))
    widths = sorted({min(wished, width) for wished in WIDTHS[ratio]})
    return [
        Rendition(
            photo=photo,
            ratio=ratio,
            crop=crop,
            width=wished,
            height=max(1, round(height * wished / width)),
            format=ending,
            name=f"{crop}-{wished}.{ending}",
        )
        for wished in widths
        for ending in FORMATS
    ]


def cut(width, height, ratio, focal):
    """Return the box, as left, top, right and bottom, that *ratio* cuts out, and its size.

    The largest that fits, as near to having *focal* in its middle as the edges allow.
    """
    across, down = map(int, ratio.split(":")) if ratio != WHOLE else (width, height)
    unit = min(width / across, height / down)
    wide, high = round(across * unit), round(down * unit)
    left = min(max(round(focal[0] * width - wide / 2), 0), width - wide)
    top = min(max(round(focal[1] * height - high / 2), 0), height - high)
    return (left, top, left + wide, top + high), (wide, high)


def load(photo):
    """Return Pillow's image of *photo* as it is looked at, in sRGB, with nothing else in it.

    A JPEG is read at a fraction of its size where that is enough for the largest rendition.
    """
    with photo_storage().open(photo.original) as file:
        image = Image.open(io.BytesIO(file.read()))
    needed = max(
        min(1, WIDTHS[ratio][-1] / cut(photo.width, photo.height, ratio, (0.5, 0.5))[1][0])
        for ratio in WIDTHS
    )
    image.draft("RGB", tuple(math.ceil(side * needed) for side in image.size))
    profile, turn = image.info.get("icc_profile"), TURNS.get(photo.orientation)
    image = in_srgb(flat(image), profile)
    image = image.transpose(turn) if turn else image
    image.info = {}
    return image


def flat(image):
    """Return *image* without transparency, on white, and without a palette."""
    if image.mode in ("RGB", "CMYK", "L"):
        return image
    if image.has_transparency_data:
        image = image.convert("RGBA")
        ground = Image.new("RGB", image.size, WHITE)
        ground.paste(image, mask=image.getchannel("A"))
        return ground
    return image.convert("RGB")


def in_srgb(image, profile):
    """Return *image* in the colours of the web; *profile* is the ICC profile it had, or None."""
    if profile:
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            return ImageCms.profileToProfile(
                image, source, ImageCms.createProfile("sRGB"), outputMode="RGB"
            )
        except (ImageCms.PyCMSError, *DAMAGE):
            logger.warning("unusable colour profile, colours taken as sRGB")
    return image.convert("RGB")


def write(rendition, image, focal):
    """Cut *image*, the whole photo, for *rendition*, keep the file, and return the row unsaved."""
    box, _size = cut(*image.size, rendition.ratio, focal)
    small = image.resize(
        (rendition.width, rendition.height), Image.Resampling.LANCZOS, box=box, reducing_gap=3
    )
    content = io.BytesIO()
    small.save(content, **ENCODERS[rendition.format])
    store(rendition.path, content.getvalue())
    return rendition


def thumbnail(photo):
    """Return the bytes of a small JPEG of *photo*, for the desk until its sizes are made."""
    with photo_storage().open(photo.original) as file:
        image = Image.open(io.BytesIO(file.read()))
    image.draft("RGB", THUMBNAIL)
    turn = TURNS.get(photo.orientation)
    image = flat(image).convert("RGB")
    image = image.transpose(turn) if turn else image
    image.thumbnail(THUMBNAIL)
    image.info = {}
    content = io.BytesIO()
    image.save(content, format="JPEG", quality=75)
    return content.getvalue()
