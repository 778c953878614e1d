"""Pictures drawn for the tests: plain shapes, clearly no photographs of anything."""

import io

from PIL import Image, ImageDraw

SKY, GROUND, SUN, DOT = (94, 138, 168), (214, 196, 158), (233, 186, 69), (165, 18, 42)


def draw(width=600, height=400, sun=(0.5, 0.4), seed=0):
    """Return Pillow's image of a sun over a plain; *sun* is its middle, as parts of the size.

    Another *seed* makes another file.
    """
    image = Image.new("RGB", (width, height), SKY)
    pen = ImageDraw.Draw(image)
    pen.rectangle((0, height * 0.7, width, height), GROUND)
    x, y, radius = sun[0] * width, sun[1] * height, min(width, height) / 6
    pen.ellipse((x - radius, y - radius, x + radius, y + radius), SUN)
    pen.rectangle((0, 0, seed % width + 1, 8), DOT)
    return image


def encode(image, kind="JPEG", **options):
    """Return *image* as a binary file of the format *kind*."""
    content = io.BytesIO()
    image.save(content, kind, **options)
    content.seek(0)
    return content
