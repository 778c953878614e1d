from django.contrib.auth.management import create_permissions
from django.db import migrations

# What the roles of 0002_roles may do beside their rights there.
EDITOR = ["write_liveentry", "publish_liveentry", "change_dossier"]
RIGHTS = {"Journaliste": ["write_liveentry"], "Éditeur": EDITOR, "Rédaction en chef": EDITOR}


def give_rights(apps, schema_editor):
    using = schema_editor.connection.alias
    # Django makes permissions after all migrations.
    app = apps.get_app_config("articles")
    app.models_module = True
    create_permissions(app, verbosity=0, apps=apps, using=using)
    permissions = apps.get_model("auth", "Permission").objects.using(using)
    for group in apps.get_model("auth", "Group").objects.using(using).filter(name__in=RIGHTS):
        found = permissions.filter(
            content_type__app_label="articles", codename__in=RIGHTS[group.name]
        )
        group.permissions.add(*found)


class Migration(migrations.Migration):
    dependencies = [("articles", "0011_live_stories_and_dossiers")]

    operations = [migrations.RunPython(give_rights, migrations.RunPython.noop)]
