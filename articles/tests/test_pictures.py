"""What may be uploaded as a photo: what is refused, and what is read of the file (E15)."""

import io
import struct
import time
import zipfile
import zlib

import pytest
from django.test import SimpleTestCase
from PIL import Image, ImageCms

from .. import pictures, renditions
from ..models import Photo
from ..models.photo import store
from ..pictures import PictureError
from .drawings import draw, encode

SVG = b"""<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>"""
XMP = """<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF
 xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description
 xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:exif="http://ns.adobe.com/exif/1.0/"
 xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/"
 photoshop:Credit="Agence d’essai" exif:GPSLatitude="48,51.5N">
<dc:description><rdf:Alt><rdf:li xml:lang="x-default">Une légende œcuménique</rdf:li></rdf:Alt>
</dc:description><dc:creator><rdf:Seq><rdf:li>Ada Essai</rdf:li></rdf:Seq></dc:creator>
<dc:rights><rdf:Alt><rdf:li xml:lang="x-default">© Essai</rdf:li></rdf:Alt></dc:rights>
<dc:subject><rdf:Bag><rdf:li>soleil</rdf:li><rdf:li>plaine</rdf:li></rdf:Bag></dc:subject>
</rdf:Description></rdf:RDF></x:xmpmeta>""".encode()


def read(content, name="essai.jpg"):
    return pictures.read(io.BytesIO(content), name)


def bomb(width=14_000, height=12_600):
    """Return a PNG of some kilobytes that promises 176 million pixels."""

    def chunk(kind, data):
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    rows = zlib.compress(bytes((width // 8 + 1) * height), 9)
    chunks = chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + chunks


def with_iptc(jpeg):
    """Return *jpeg* with an IPTC block in the encoding of old programs."""
    records = [(120, "Légende d’agence"), (80, "Ada Essai"), (110, "AFP"), (116, "© AFP")]
    records += [(25, "soleil"), (25, "plaine")]
    block = b""
    for number, text in records:
        value = text.encode("cp1252")
        block += struct.pack(">BBBH", 0x1C, 2, number, len(value)) + value
    resource = b"8BIM\x04\x04\x00\x00" + struct.pack(">I", len(block)) + block
    segment = b"Photoshop 3.0\x00" + resource + b"\x00" * (len(block) % 2)
    return jpeg[:2] + b"\xff\xed" + struct.pack(">H", len(segment) + 2) + segment + jpeg[2:]


def exif_of(orientation=1, with_place=True):
    exif = Image.Exif()
    exif[pictures.ORIENTATION] = orientation
    exif[0x010F] = "Appareil d’essai".encode().decode("latin-1")
    if with_place:
        exif.get_ifd(pictures.GPS).update(
            {1: "N", 2: (48.0, 51.0, 30.0), 3: "E", 4: (2.0, 17.0, 0.0)}
        )
    return exif.tobytes()


class RefusalTests(SimpleTestCase):
    def assert_refused(self, content, words, name="essai.jpg"):
        start = time.monotonic()
        with pytest.raises(PictureError, match=words):
            read(content, name)
        assert time.monotonic() - start < 1

    def test_what_is_no_picture_of_the_four_formats_is_refused(self):
        for content in (SVG, b"", b"GIF89a" + bytes(100), b"%PDF-1.7", b"<html>", bytes(5000)):
            self.assert_refused(content, "n’est pas une image JPEG, PNG, WebP ou AVIF")
        self.assert_refused(encode(draw(), "GIF").read(), "n’est pas une image")
        self.assert_refused(encode(draw(), "TIFF").read(), "n’est pas une image")

    def test_bomb_is_refused_before_it_is_unpacked(self):
        content = bomb()
        assert len(content) < 50_000
        self.assert_refused(content, "plus de 64 millions de pixels")

    def test_file_that_is_something_else_too_is_refused(self):
        jpeg, png = encode(draw()).read(), encode(draw(), "PNG").read()
        archive = io.BytesIO()
        with zipfile.ZipFile(archive, "w") as file:
            file.writestr("page.html", "Essai")
        page = b"<!DOCTYPE html><script>alert(1)</script>"
        comment = b"\xff\xfe" + struct.pack(">H", len(page) + 2) + page
        for content in (
            jpeg + archive.getvalue(),
            jpeg + page,
            jpeg[:2] + comment + jpeg[2:],
            jpeg + b"<?PHP system($_GET['x']);",
            jpeg[:2] + b"\xff\xfe\x00\x0a%PDF-1.7" + jpeg[2:],
            png + b"something",
            encode(draw(), "WEBP").read() + b"something",
        ):
            self.assert_refused(content, "contient autre chose qu’une image")

    def test_file_that_is_cut_off_or_damaged_is_refused(self):
        for kind in pictures.EXTENSIONS:
            whole = encode(draw(), kind).read()
            for part in (0.5, 0.9):
                self.assert_refused(whole[: int(len(whole) * part)], "essai")
        progressive = encode(draw(1200, 800), progressive=True).read()
        self.assert_refused(progressive[:-200], "incomplète ou abîmée")

    def test_too_heavy_and_too_small_are_refused_with_the_limit(self):
        jpeg = encode(draw()).read()
        self.assert_refused(jpeg + bytes(41 * 1024**2), "plus de 40 Mo")
        self.assert_refused(encode(draw(600, 150)).read(), "200 pixels de côté")


class ReadingTests(SimpleTestCase):
    def test_each_format_is_read(self):
        for kind in pictures.EXTENSIONS:
            with self.subTest(kind):
                found = read(encode(draw(640, 480), kind).read())
                assert (found.format, found.width, found.height) == (kind, 640, 480)
                assert len(found.sha256) == 64

    def test_size_is_that_of_the_picture_as_it_is_looked_at(self):
        for orientation, size in (
            (1, (640, 480)),
            (3, (640, 480)),
            (6, (480, 640)),
            (8, (480, 640)),
        ):
            content = encode(draw(640, 480), exif=exif_of(orientation)).read()
            found = read(content)
            assert (found.width, found.height, found.orientation) == (*size, orientation)

    def test_words_of_iptc_are_read(self):
        found = read(with_iptc(encode(draw()).read()))
        assert found.told == {
            "caption": "Légende d’agence",
            "credit": "Ada Essai / AFP",
            "copyright": "© AFP",
            "source": "",
            "keywords": "soleil, plaine",
        }

    def test_words_of_xmp_are_read_and_go_first(self):
        content = with_iptc(encode(draw(), xmp=XMP).read())
        told = read(content).told
        assert told["caption"] == "Une légende œcuménique"
        assert told["credit"] == "Ada Essai / Agence d’essai"
        assert told["copyright"] == "© Essai"
        assert told["keywords"] == "soleil, plaine"

    def test_words_in_no_order_are_no_reason_to_refuse(self):
        for xmp in (b"<x", b"\xff\xfe", b"<!ENTITY a><x>&a;</x>"):
            assert read(encode(draw(), xmp=xmp).read()).told["caption"] == ""

    def test_place_is_gone_from_what_is_kept(self):
        for kind in pictures.EXTENSIONS:
            with self.subTest(kind):
                xmp = {} if kind == "PNG" else {"xmp": XMP}
                sent = encode(draw(), kind, exif=exif_of(6), **xmp).read()
                found = read(sent)
                assert found.orientation == 6
                assert b"GPSLatitude" not in found.data
                kept = Image.open(io.BytesIO(found.data))
                kept.load()
                assert not kept.getexif().get_ifd(pictures.GPS)
                assert found.data != sent

    def test_file_without_place_is_kept_as_it_was_sent(self):
        sent = encode(draw(), exif=exif_of(with_place=False)).read()
        assert read(sent).data == sent


class RenditionTests(SimpleTestCase):
    def make(self, image, kind="JPEG", focal=(0.5, 0.5), **options):
        """Return {(ratio, width, format): Pillow's image} of all that is made of a file."""
        found = read(encode(image, kind, **options).read())
        photo = Photo(
            sha256=found.sha256,
            original="originals/essai",
            width=found.width,
            height=found.height,
            orientation=found.orientation,
            focal_x=focal[0],
            focal_y=focal[1],
        )
        store(photo.original, found.data)
        loaded, made = renditions.load(photo), {}
        for crop, (ratio, at) in {
            name: (ratio, focal) for ratio, name in photo.crop_names().items()
        }.items():
            for rendition in renditions.planned(photo, crop, ratio):
                renditions.write(rendition, loaded, at)
                with renditions.photo_storage().open(rendition.path) as file:
                    small = Image.open(io.BytesIO(file.read()))
                small.load()
                assert small.size == (rendition.width, rendition.height)
                made[ratio, rendition.width, rendition.format] = small
        return made

    def test_three_widths_in_four_cuts_and_two_formats(self):
        made = self.make(draw(2000, 1500))
        assert len(made) == 24
        assert {(ratio, width) for ratio, width, _format in made} == {
            *((ratio, width) for ratio in ("", "16:9", "4:3") for width in (480, 960, 1600)),
            *(("1:1", width) for width in (240, 480, 1200)),
        }
        assert made["16:9", 1600, "jpg"].size == (1600, 900)

    def test_nothing_is_made_larger_than_the_photo(self):
        made = self.make(draw(700, 400))
        assert max(width for _ratio, width, _format in made) == 700
        assert {width for ratio, width, _format in made if ratio == "1:1"} == {240, 400}

    def test_orientation_is_applied(self):
        made = self.make(draw(800, 600, sun=(0.1, 0.1)), exif=exif_of(6))
        small = made["", 480, "jpg"].convert("RGB")
        assert small.size == (480, 640)
        # Turned clockwise, what was top left is top right.
        red, _green, blue = small.getpixel((430, 60))
        assert red > 150 and blue < 120

    def test_cuts_stand_around_the_focal_point(self):
        made = self.make(draw(1600, 600, sun=(0.9, 0.5)), focal=(0.9, 0.5))
        square = made["1:1", 600, "jpg"].convert("RGB")
        # The edge stops it: the sun is at 1440 of 1600 and the cut starts at 1000.
        red, _green, blue = square.getpixel((440, 300))
        assert red > 180 and blue < 120
        other = self.make(draw(1600, 600, sun=(0.9, 0.5)), focal=(0.1, 0.5))
        assert other["1:1", 600, "jpg"].convert("RGB").getpixel((440, 300))[2] > 140

    def test_nothing_of_the_file_s_own_data_is_served(self):
        """E15"""
        profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
        options = {"exif": exif_of(), "xmp": XMP, "icc_profile": profile}
        for small in self.make(draw(), "WEBP", **options).values():
            assert not small.getexif()
            assert not {"xmp", "icc_profile", "comment", "photoshop"} & small.info.keys()

    def test_transparent_and_printed_pictures_become_plain_ones(self):
        clear = Image.new("RGBA", (600, 400), (0, 0, 0, 0))
        assert self.make(clear, "PNG")["", 480, "jpg"].getpixel((9, 9)) == (255, 255, 255)
        palette = draw().quantize(8)
        assert self.make(palette, "PNG")["", 480, "jpg"].mode == "RGB"
        assert self.make(draw().convert("CMYK"))["", 480, "avif"].mode == "RGB"
        assert self.make(draw().convert("L"))["", 480, "jpg"].mode == "RGB"
