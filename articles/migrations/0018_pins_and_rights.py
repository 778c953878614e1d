from datetime import UTC, datetime

from django.contrib.auth.management import create_permissions
from django.db import migrations
from django.utils import timezone

# What two of the roles may do beside the rights of 0002_roles.
RIGHTS = [
    "view_frontpage",
    "change_frontpage",
    "publish_front_page",
    "view_alert",
    "publish_alert",
]
ROLES = ["Éditeur", "Rédaction en chef"]


def give_rights(apps, schema_editor):
    using = schema_editor.connection.alias
    # Django makes permissions after all migrations.
    app = apps.get_app_config("articles")
    app.models_module = True
    create_permissions(app, verbosity=0, apps=apps, using=using)
    permissions = apps.get_model("auth", "Permission").objects.using(using)
    found = permissions.filter(content_type__app_label="articles", codename__in=RIGHTS)
    for group in apps.get_model("auth", "Group").objects.using(using).filter(name__in=ROLES):
        group.permissions.add(*found)


def encode(instant):
    return instant.astimezone(UTC).isoformat(timespec="microseconds")


def pins_to_editions(apps, schema_editor):
    """Each pin becomes the edition of a front page whose lead holds its story as long."""
    using = schema_editor.connection.alias
    pins = apps.get_model("articles", "Pin").objects.using(using)
    pins = list(pins.select_related("article").order_by("live_from", "pk"))
    acts = apps.get_model("articles", "Act").objects.using(using).filter(name="pin")
    names = {(act.article_id, act.starts_at): act.by_name for act in acts}
    starts = [*(pin.live_from for pin in pins), None][1:]
    shown = []
    for pin, following in zip(pins, starts, strict=True):
        # The newer of two went before the older.
        end = min(pin.live_until, following) if following else pin.live_until
        if end > pin.live_from:
            shown.append((pin, end))
    if not shown:
        return
    front = apps.get_model("articles", "FrontPage").objects.using(using).create(section=None)
    for number, (pin, end) in enumerate(shown, start=1):
        edition = front.editions.create(
            number=number,
            slots=[lead(pin)],
            live_from=pin.live_from,
            live_until=end,
            ends_at=pin.live_until,
            published_by_name=names.get((pin.article_id, pin.live_from), ""),
        )
        noted = acts.filter(article_id=pin.article_id, starts_at=pin.live_from)
        noted.update(front_page_edition_id=edition.pk)
    pin, end = shown[-1]
    if end > timezone.now():
        front.revisions.create(
            number=1,
            kind="pin",
            slots=[lead(pin)],
            created_at=pin.live_from,
            created_by_name=names.get((pin.article_id, pin.live_from), ""),
        )


def lead(pin):
    """Return the slot of *pin* as articles/slots.py stores it."""
    return {
        "key": "00000001",
        "kind": "lead",
        "story": str(pin.article.uuid),
        "headline": "",
        "kicker": "",
        "rule": "story",
        "topic": "",
        "until": encode(pin.live_until),
        "allow_repeat": False,
    }


def editions_to_pins(apps, schema_editor):
    """Keep what a pin can hold: the story of each lead, and how long; the rest had no place."""
    using = schema_editor.connection.alias
    articles = apps.get_model("articles", "Article").objects.using(using)
    pins = apps.get_model("articles", "Pin").objects.using(using)
    editions = apps.get_model("articles", "FrontPageEdition").objects.using(using)
    for edition in editions.filter(front_page__section=None).order_by("live_from", "pk"):
        held = next((slot for slot in edition.slots if slot["kind"] == "lead"), {})
        article = held.get("story") and articles.filter(uuid=held["story"]).first()
        ends = [edition.live_until, held.get("until") and datetime.fromisoformat(held["until"])]
        end = min((end for end in ends if end), default=None)
        if article and end and end >= edition.live_from:
            pins.create(article_id=article.pk, live_from=edition.live_from, live_until=end)
    acts = apps.get_model("articles", "Act").objects.using(using)
    acts.filter(article=None).delete()
    acts.update(front_page_edition=None)


class Migration(migrations.Migration):
    dependencies = [("articles", "0017_front_pages_and_alerts")]

    operations = [
        migrations.RunPython(give_rights, migrations.RunPython.noop),
        migrations.RunPython(pins_to_editions, editions_to_pins),
    ]
