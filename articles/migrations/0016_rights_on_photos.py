from django.contrib.auth.management import create_permissions
from django.db import migrations

# What each role may do with photos, beside the rights of the migrations before.
JOURNALIST = ["view_photo", "add_photo", "change_photo"]
EDITOR = [*JOURNALIST, "change_any_photo", "change_photo_rights"]
CHIEF = [*EDITOR, "remove_photo", "view_photoact"]
ROLES = {"Journaliste": JOURNALIST, "Éditeur": EDITOR, "Rédaction en chef": CHIEF}


def give_rights(apps, schema_editor):
    using = schema_editor.connection.alias
    # Django makes permissions after all migrations.
    app = apps.get_app_config("articles")
    app.models_module = True
    create_permissions(app, verbosity=0, apps=apps, using=using)
    permissions = apps.get_model("auth", "Permission").objects.using(using)
    groups = apps.get_model("auth", "Group").objects.using(using)
    for name, codenames in ROLES.items():
        found = permissions.filter(content_type__app_label="articles", codename__in=codenames)
        for group in groups.filter(name=name):
            group.permissions.add(*found)


class Migration(migrations.Migration):
    dependencies = [("articles", "0015_photos")]

    operations = [migrations.RunPython(give_rights, migrations.RunPython.noop)]
