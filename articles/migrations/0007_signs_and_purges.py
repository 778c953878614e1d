from django.contrib.auth.management import create_permissions
from django.db import migrations

from articles.body import count_signs

BATCH = 500


def count(apps, schema_editor):
    """Give each revision its length, as Revision.take() does from now on."""
    revisions = apps.get_model("articles", "Revision").objects.using(schema_editor.connection.alias)
    batch = []
    for revision in revisions.only("snapshot").iterator(chunk_size=BATCH):
        revision.sign_count = count_signs(revision.snapshot.get("body", ""))
        batch.append(revision)
        if len(batch) == BATCH:
            revisions.bulk_update(batch, ["sign_count"])
            batch = []
    revisions.bulk_update(batch, ["sign_count"])


def let_chiefs_see_purges(apps, schema_editor):
    # Django makes permissions after all migrations: on a new database there are none yet.
    app = apps.get_app_config("articles")
    app.models_module = True
    alias = schema_editor.connection.alias
    create_permissions(app, verbosity=0, apps=apps, using=alias)
    permissions = apps.get_model("auth", "Permission").objects.using(alias)
    found = permissions.filter(content_type__app_label="articles", codename="view_delivery")
    for group in apps.get_model("auth", "Group").objects.using(alias).filter(name="Rédaction en chef"):
        group.permissions.add(*found)


class Migration(migrations.Migration):
    dependencies = [("articles", "0006_workflow")]

    operations = [
        migrations.RunPython(count, migrations.RunPython.noop),
        migrations.RunPython(let_chiefs_see_purges, migrations.RunPython.noop),
    ]
