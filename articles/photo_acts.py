"""What changes a photo for readers: each act is a function and one transaction, in the journal."""

import logging
from functools import partial

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from . import pictures
from .models import Photo, PhotoAct, SiteState
from .models.photo import store

logger = logging.getLogger(__name__)

LONGEST_NAME = Photo._meta.get_field("file_name").max_length
# What a file says of itself, and the field that takes it.
TOLD = ("caption", "credit", "copyright", "source", "keywords")


class PhotoError(Exception):
    """An act on a photo was refused; the text says why to a person."""


class KnownPhotoError(PhotoError):
    """The file is in the library already, as `photo`."""

    def __init__(self, photo):
        super().__init__(_("Ce fichier est déjà dans la photothèque."))
        self.photo = photo


def add(file, name, *, by):
    """Put the binary *file*, called *name* by who sends it, into the library; return the Photo.

    Reading and keeping it takes no lock. Raise PhotoError, PictureError.
    """
    require(by, "articles.add_photo")
    picture = pictures.read(file, name)
    if twin := Photo.objects.filter(sha256=picture.sha256).first():
        raise KnownPhotoError(twin)
    photo = Photo(
        sha256=picture.sha256,
        original=f"originals/{picture.sha256}.{pictures.EXTENSIONS[picture.format]}",
        file_name=name[-LONGEST_NAME:],
        orientation=picture.orientation,
        width=picture.width,
        height=picture.height,
        created_by=by,
        created_by_name=str(by),
        **{field: shortened(field, picture.told[field]) for field in TOLD},
    )
    photo.fill_words()
    store(photo.original, picture.data)
    try:
        with transaction.atomic():
            photo.save()
            note(PhotoAct.Name.ADD, photo, by)
    except IntegrityError:
        # The same file was sent twice at once.
        raise KnownPhotoError(Photo.objects.get(sha256=picture.sha256)) from None
    return photo


def shortened(field, text):
    return text[: Photo._meta.get_field(field).max_length]


@transaction.atomic
def set_rights(photo, *, until, by, reason=""):
    """Let the rights to show *photo* end at the aware datetime *until* (None: never).

    Who added it may, as long as no reader was ever to see it. Return the Photo.
    """
    photo = lock(photo)
    if not may_set_rights(photo, by):
        raise PhotoError(_("Vous n’avez pas le droit de faire cela."))
    if photo.rights_until == until:
        return photo
    before, photo.rights_until = photo.rights_until, until
    photo.save(update_fields=["rights_until"])
    note(PhotoAct.Name.RIGHTS, photo, by, until_before=before, until=until, reason=reason)
    show_again(photo)
    return photo


def may_set_rights(photo, user):
    """Whether *user* may say until when *photo* is shown."""
    if user.has_perm("articles.change_photo_rights"):
        return True
    is_own = photo.created_by_id == user.pk and user.has_perm("articles.change_photo")
    return is_own and not any(use.exists() for use in photo.uses())


@transaction.atomic
def remove(photo, *, by, reason):
    """Take *photo* off every page, feed and address of the site, of any day; return the Photo."""
    require(by, "articles.remove_photo")
    photo = lock(photo)
    if photo.removed_at:
        raise PhotoError(_("Cette photo est déjà retirée du site."))
    if not reason.strip():
        raise PhotoError(_("Dites pourquoi la photo est retirée."))
    photo.removed_at = timezone.now()
    photo.save(update_fields=["removed_at"])
    note(PhotoAct.Name.REMOVE, photo, by, reason=reason)
    show_again(photo)
    return photo


@transaction.atomic
def restore(photo, *, by, reason=""):
    """Let readers see *photo* again where it is published; return the Photo."""
    require(by, "articles.remove_photo")
    photo = lock(photo)
    if not photo.removed_at:
        raise PhotoError(_("Cette photo n’est pas retirée du site."))
    photo.removed_at = None
    photo.save(update_fields=["removed_at"])
    note(PhotoAct.Name.RESTORE, photo, by, reason=reason)
    show_again(photo)
    return photo


def show_sizes(photo):
    """Show the sizes that were made of *photo* where it is published, in a transaction."""
    show_again(lock(photo))


def require(by, permission):
    if not by.has_perm(permission):
        raise PhotoError(_("Vous n’avez pas le droit de faire cela."))


def lock(photo):
    """Return *photo* as it is now: an act, or a publication that shows it, waits its turn."""
    photos = Photo.objects.select_for_update(no_key=True)
    return photos.prefetch_related("renditions").get(pk=photo.pk)


def show_again(photo):
    """Give every version that shows *photo*, which is locked, what isn't frozen in it."""
    stamped = 0
    for found in photo.versions():
        versions = list(found)
        for version in versions:
            version.stamp_photos({photo.key: photo})
        found.model.objects.bulk_update(versions, found.model.PHOTO_FIELDS, batch_size=100)
        stamped += len(versions)
    if stamped:
        SiteState.objects.bump(timezone.now(), photo.rights_until)


def note(name, photo, by, **more):
    act = PhotoAct.objects.create(
        name=name, photo=photo, at=timezone.now(), by=by, by_name=str(by), **more
    )
    transaction.on_commit(partial(logger.info, "%s photo=%s by=%s", act.name, photo.pk, by.pk))
