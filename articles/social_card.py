"""The picture that other sites show beside a link to a story without a photo: its headline, set.

Its address names its content, so that another headline is another picture; it is answered only
for what readers see now.
"""

import hashlib
import io
from functools import cache as remember
from functools import partial

from django.conf import settings
from django.core.cache import cache
from django.http import Http404, HttpResponse
from PIL import Image, ImageDraw, ImageFont

from . import photos
from .addresses import address_of
from .filters import public_page
from .models import Edition
from .typography import NARROW, NBSP, french

# What the large sites ask for: 1.91 to 1.
WIDTH, HEIGHT = 1200, 630
MARGIN = 72
# The site's own colours (site.css), in daylight.
PAPER, INK, ACCENT = "#fffdf8", "#17130f", "#a5122a"
FONT = settings.BASE_DIR / "articles" / "fonts" / "SourceSerif4Display-Bold.ttf.woff"
# Sizes to try for the headline, and the room for it between label and foot.
SIZES = range(104, 39, -4)
TOP, BOTTOM = 150, 525
LEADING = 1.12
# Another number for another design: the address must change with what it shows.
DESIGN = 1
KEPT_SECONDS = 7 * 24 * 3600


@public_page
def social_card(request, article, digest):
    edition = Edition.objects.live(request.at).filter(article=article).for_listing().first()
    if edition is None or digest != digest_of(edition):
        raise Http404
    draw = partial(draw_card, *words_of(edition))
    return HttpResponse(
        cache.get_or_set(f"card-{digest}", draw, KEPT_SECONDS), content_type="image/png"
    )


def shared_pictures(edition, at):
    """Return the pictures that stand for *edition* elsewhere at *at*, the best first.

    Each {"address" (a path), "width", "height", "alt"}: its lead photo in several ratios, or its
    card.
    """
    return photos.shared_pictures(edition.lead_photo, at) or [card_of(edition)]


def card_of(edition):
    """Return the card of *edition* as one of shared_pictures()."""
    address = address_of("social-card", edition.article_id, digest_of(edition))
    _label, headline, _site = words_of(edition)
    return {"address": address, "width": WIDTH, "height": HEIGHT, "alt": headline}


def words_of(edition):
    """Return what the card says: label, headline, name of the site."""
    label = edition.section.short_name
    if edition.kicker:
        label = f"{label}{NBSP}– {french(edition.kicker)}"
    return label, french(edition.headline), settings.SITE_NAME


def digest_of(edition):
    words = "\0".join([str(DESIGN), *words_of(edition)])
    return hashlib.blake2b(words.encode(), digest_size=8).hexdigest()


def draw_card(label, headline, site_name):
    """Return the card as PNG."""
    image = Image.new("RGB", (WIDTH, HEIGHT), PAPER)
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, WIDTH, 14), fill=ACCENT)
    draw.text((MARGIN, 104), cut(label, face(38), WIDTH - 2 * MARGIN), ACCENT, face(38), "ls")
    font, lines = fit(headline)
    step = font.size * LEADING
    # A short headline stands in the optical middle, a long one fills the room.
    line_at = TOP + (BOTTOM - TOP - step * len(lines)) * 0.4 + font.size * 0.85
    for line in lines:
        draw.text((MARGIN, line_at), line, INK, font, "ls")
        line_at += step
    for top, thick in ((HEIGHT - 88, 4), (HEIGHT - 81, 2)):
        draw.rectangle((MARGIN, top, WIDTH - MARGIN, top + thick - 1), fill=INK)
    site_name = cut(site_name, face(44), WIDTH - 2 * MARGIN)
    draw.text((MARGIN, HEIGHT - 28), site_name, INK, face(44), "ls")
    file = io.BytesIO()
    # Few colours: a quarter of the bytes.
    image.quantize(64, dither=Image.Dither.NONE).save(file, "PNG", optimize=True)
    return file.getvalue()


@remember
def face(size):
    return ImageFont.truetype(FONT, size)


def fit(headline):
    """Return the largest font in which *headline* fits, and its lines, about equally long."""
    for size in SIZES:
        font = face(size)
        lines = wrap(headline, font, WIDTH - 2 * MARGIN)
        is_low = len(lines) * size * LEADING <= BOTTOM - TOP
        if is_low and max(map(font.getlength, lines)) <= WIDTH - 2 * MARGIN:
            return font, balance(headline, font, len(lines))
    most = int((BOTTOM - TOP) / (font.size * LEADING))
    kept, rest = lines[: most - 1], " ".join(lines[most - 1 :])
    return font, [cut(line, font, WIDTH - 2 * MARGIN) for line in [*kept, rest]]


def wrap(text, font, width):
    """Return *text* in lines of at most *width* pixels; only a longer word makes a longer line.

    No line ends at a no-break space.
    """
    lines = []
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and font.getlength(longer) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def balance(text, font, number):
    """Return *text* in *number* lines, the longest as short as can be."""
    low, high = 0, WIDTH - 2 * MARGIN
    while high - low > 8:
        middle = (low + high) // 2
        if len(wrap(text, font, middle)) > number:
            low = middle
        else:
            high = middle
    return wrap(text, font, high)


def cut(text, font, width):
    """Return *text*, with an ellipsis where it is longer than *width* pixels."""
    if font.getlength(text) <= width:
        return text
    while text and font.getlength(f"{text}…") > width:
        text = text[:-1]
    return f"{text.rstrip(f' {NBSP}{NARROW},;:')}…"
