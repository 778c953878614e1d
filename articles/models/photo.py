"""Photos: their file and their rights, the sizes made of them for readers, and where they stand."""

import hashlib
import uuid

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ..analysis import fold
from .derived_row import DerivedQuerySet, DerivedRow
from .dossier import DossierEdition
from .edition import Edition
from .front_page import FrontPageEdition
from .site_state import SiteState

# "" is the whole picture; the others are cut around the focal point.
WHOLE, WIDE, CLASSIC, SQUARE = "", "16:9", "4:3", "1:1"
# The widths that are made of each, in pixels, but never more than the picture has.
WIDTHS = {
    WHOLE: (480, 960, 1600),
    WIDE: (480, 960, 1600),
    CLASSIC: (480, 960, 1600),
    SQUARE: (240, 480, 1200),
}
# The modern format first: browsers take the first that they know.
FORMATS = {"avif": "image/avif", "jpg": "image/jpeg"}
# Another number makes all sizes anew, under other names.
RECIPE = 1


def photo_storage():
    """Where originals and sizes are kept: nobody but our own views reads them."""
    return storages["photos"]


def store(name, content):
    """Keep the bytes *content* as *name*, which names them alone; also after a crash half-way."""
    storage = photo_storage()
    if storage.exists(name):
        storage.delete(name)
    storage.save(name, ContentFile(content))


class PhotoQuerySet(models.QuerySet):
    def get_by_natural_key(self, key):
        return self.get(uuid=key)

    def named(self, keys):
        """Return {key: Photo} of those whose uuid, as text, is in *keys*, with their sizes."""
        if not keys:
            return {}
        photos = self.filter(uuid__in=keys).prefetch_related("renditions")
        return {str(photo.uuid): photo for photo in photos}

    def shown_at(self, at):
        """Those whose rights allow to show them at *at*, and that aren't removed."""
        return self.filter(Q(rights_until=None) | Q(rights_until__gt=at), removed_at=None)

    def in_use(self, at):
        """Those that a story, a front page or a dossier may show readers at *at*."""
        return self.filter(
            Q(pk__in=EditionPhoto.objects.live(at).values("photo"))
            | Q(pk__in=FrontPageEdition.objects.in_force(at).values("used_photos"))
            | Q(pk__in=DossierEdition.objects.in_force(at).values("used_photos"))
        )


class Photo(models.Model):
    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    # The file as it was sent, but for the place: "originals/<sha256>.jpg", never changed.
    original = models.CharField(max_length=100, editable=False)
    sha256 = models.CharField(max_length=64, unique=True, editable=False)
    file_name = models.CharField(_("nom du fichier"), max_length=200, editable=False)
    orientation = models.PositiveSmallIntegerField(default=1, editable=False)
    width = models.PositiveIntegerField(_("largeur"), editable=False)
    height = models.PositiveIntegerField(_("hauteur"), editable=False)

    alt = models.CharField(
        _("texte de remplacement"),
        max_length=400,
        blank=True,
        help_text=_("Ce que la photo montre, pour qui ne la voit pas. Ne répète pas la légende."),
    )
    is_decorative = models.BooleanField(
        _("décorative"),
        default=False,
        help_text=_("Elle n’apporte rien à qui ne la voit pas : elle n’est pas décrite."),
    )
    caption = models.TextField(
        _("légende"), blank=True, help_text=_("Une phrase : qui, où, quand.")
    )
    credit = models.CharField(
        _("crédit"), max_length=200, blank=True, help_text=_("Par exemple « Nom / Agence ».")
    )
    copyright = models.CharField(_("titulaire des droits"), max_length=200, blank=True)
    source = models.CharField(
        _("source"), max_length=200, blank=True, help_text=_("De qui la rédaction la tient.")
    )
    licence = models.CharField(
        _("licence"), max_length=200, blank=True, help_text=_("Abonnement, CC BY 4.0, cession…")
    )
    keywords = models.CharField(
        _("mots-clés"), max_length=500, blank=True, help_text=_("Séparés par des virgules.")
    )
    focal_x = models.FloatField(
        _("de gauche à droite"),
        default=0.5,
        validators=[MinValueValidator(0), MaxValueValidator(1)],
    )
    focal_y = models.FloatField(
        _("de haut en bas"),
        default=0.5,
        validators=[MinValueValidator(0), MaxValueValidator(1)],
    )
    # What photo_acts.py alone changes: readers see it at once, whatever is frozen.
    rights_until = models.DateTimeField(_("fin des droits"), null=True, editable=False)
    removed_at = models.DateTimeField(_("retirée du site le"), null=True, editable=False)
    # What search finds it by, without accents and case.
    words = models.TextField(editable=False, blank=True)

    created_at = models.DateTimeField(_("ajoutée le"), auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("par"),
        related_name="photos",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
    )
    created_by_name = models.CharField(_("par"), max_length=150, blank=True, editable=False)

    objects = PhotoQuerySet.as_manager()

    class Meta:
        verbose_name = _("photo")
        verbose_name_plural = _("photos")
        ordering = ["-created_at", "-pk"]
        # None is deleted: versions of stories name them. They are removed from the site.
        default_permissions = ["view", "add", "change"]
        permissions = [
            ("change_any_photo", _("Peut décrire les photos des autres")),
            ("change_photo_rights", _("Peut changer la fin des droits d’une photo")),
            ("remove_photo", _("Peut retirer une photo du site et l’y remettre")),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(focal_x__range=(0, 1), focal_y__range=(0, 1)),
                name="photo_focal_point_inside",
            ),
        ]
        indexes = [
            models.Index(fields=["-created_at", "-id"], name="photo_created"),
            models.Index(
                fields=["rights_until"],
                condition=Q(rights_until__isnull=False),
                name="photo_rights_until",
            ),
        ]

    def __str__(self):
        return self.caption or self.alt or self.file_name

    def natural_key(self):
        return (str(self.uuid),)

    @property
    def key(self):
        return str(self.uuid)

    @property
    def shown_until(self):
        """The aware datetime from which no reader sees it, None if there is none.

        One that was removed is seen at no instant: neither now nor on the site of another day.
        """
        return self.created_at if self.removed_at else self.rights_until

    @property
    def lacks(self):
        """What of its texts is missing for it to be published, as names of fields (E15)."""
        names = [] if self.is_decorative else ["alt"]
        return [name for name in (*names, "credit") if not getattr(self, name).strip()]

    def uses(self):
        """Return where it is published, as querysets of rows with a place in time.

        Of stories (EditionPhoto), of front pages and of dossiers (their editions).
        """
        return [
            EditionPhoto.objects.filter(photo=self),
            self.front_page_editions.all(),
            self.dossier_editions.all(),
        ]

    def versions(self):
        """Return the querysets of all versions that show it, with their photos alone."""
        stories = Edition.objects.filter(editionphoto_rows__photo=self)
        found = [stories, self.front_page_editions.all(), self.dossier_editions.all()]
        return [versions.only(*versions.model.PHOTO_FIELDS) for versions in found]

    def may_be_described_by(self, user):
        """Whether *user*, who may change photos, may change the texts of this one."""
        return user.has_perm("articles.change_any_photo") or self.created_by_id == user.pk

    def fill_words(self):
        """Fill what search finds it by."""
        names = ("caption", "alt", "credit", "copyright", "source", "keywords", "file_name")
        self.words = fold(" ".join(getattr(self, name) for name in names))

    def crop_names(self):
        """Return {ratio: what the names of its sizes begin with}, as its focal point is now.

        It is made of the bytes and of all that is done with them: other pictures, other names.
        """
        names = {}
        for ratio in WIDTHS:
            focal = "" if ratio == WHOLE else f"{self.focal_x:.4f} {self.focal_y:.4f}"
            recipe = f"{RECIPE} {self.sha256} {ratio} {focal}"
            names[ratio] = hashlib.blake2b(recipe.encode(), digest_size=12).hexdigest()
        return names

    def freeze(self, *, role, alt="", caption=""):
        """Return what an edition keeps of it: a dict as stamp() completes it.

        *alt* and *caption* are those typed for this story, if any.
        """
        return self.stamp(
            {
                "key": self.key,
                "role": role,
                "alt": alt or ("" if self.is_decorative else self.alt),
                "caption": caption or self.caption,
                "credit": self.credit,
                "focal": [self.focal_x, self.focal_y],
                "crops": self.crop_names(),
            }
        )

    def stamp(self, frozen):
        """Return *frozen* with what isn't frozen: the sizes that are made, and the end.

        sizes: {ratio: [[width, height], …]}, the smallest first; until: as SiteState.encode().
        """
        made = {}
        for rendition in self.renditions.all():
            formats = made.setdefault(rendition.crop, {})
            formats.setdefault((rendition.width, rendition.height), set()).add(rendition.format)
        sizes = {}
        for ratio, name in frozen["crops"].items():
            whole = [size for size, found in made.get(name, {}).items() if found == set(FORMATS)]
            if whole:
                sizes[ratio] = [list(size) for size in sorted(whole)]
        until = self.shown_until
        return {**frozen, "sizes": sizes, "until": until and SiteState.encode(until)}


class Rendition(models.Model):
    """One size of a photo in one format, under a name that no other bytes ever have."""

    photo = models.ForeignKey(Photo, related_name="renditions", on_delete=models.CASCADE)
    ratio = models.CharField(max_length=5, blank=True)
    crop = models.CharField(max_length=24)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    format = models.CharField(max_length=4)
    name = models.CharField(max_length=40, unique=True)

    class Meta:
        default_permissions = []

    def __str__(self):
        return self.name

    @property
    def path(self):
        """Where it is in the storage of photos."""
        return f"sizes/{self.name[:2]}/{self.name}"


class ArticlePhoto(models.Model):
    """A photo of a story, beside its text: what the desk chose, in order."""

    class Role(models.TextChoices):
        LEAD = "lead", _("Photo principale")
        GALLERY = "gallery", _("Galerie")

    article = models.ForeignKey("Article", related_name="article_photos", on_delete=models.CASCADE)
    photo = models.ForeignKey(Photo, related_name="article_photos", on_delete=models.PROTECT)
    position = models.PositiveSmallIntegerField(default=0)
    role = models.CharField(max_length=7, choices=Role, default=Role.GALLERY)
    caption = models.TextField(blank=True)
    alt = models.CharField(max_length=400, blank=True)

    class Meta:
        ordering = ["position", "pk"]
        default_permissions = []

    def __str__(self):
        return f"{self.article_id}: {self.photo_id}"

    def snapshot(self):
        return {
            "photo": self.photo.key,
            "role": self.role,
            "caption": self.caption,
            "alt": self.alt,
        }


class EditionPhoto(DerivedRow):
    """An edition that shows a photo: where a photo is used, and until when it is served."""

    photo = models.ForeignKey(Photo, related_name="edition_photos", on_delete=models.PROTECT)

    objects = DerivedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["edition", "photo"], name="edition_photo_once")
        ]
        indexes = [
            models.Index(
                fields=["photo", "-live_from"],
                include=["live_until"],
                name="edition_photo_use",
            )
        ]
        default_permissions = []

    def __str__(self):
        return f"{self.edition_id}: {self.photo_id}"
