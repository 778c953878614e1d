from django.contrib.auth.management import create_permissions
from django.db import migrations

# docs/roles.md shows these as a table; articles/tests/test_roles.py holds the two together.
JOURNALIST = [
    "view_article",
    "add_article",
    "change_article",
    "view_articleauthor",
    "add_articleauthor",
    "change_articleauthor",
    "delete_articleauthor",
    "view_edition",
    "view_topic",
    "view_author",
]
EDITOR = [
    *JOURNALIST,
    "change_any_article",
    "publish_article",
    "correct_article",
    "pin_article",
    "embargo_article",
    "add_author",
    "change_author",
]
CHIEF = [
    *EDITOR,
    "delete_article",
    "lift_embargo",
    "withdraw_article",
    "seal_edition",
    "view_site_at",
    "view_act",
    "add_topic",
    "change_topic",
    "delete_topic",
    "view_user",
    "add_user",
    "change_user",
]
ROLES = {"Journaliste": JOURNALIST, "Éditeur": EDITOR, "Rédaction en chef": CHIEF}


def make_roles(apps, schema_editor):
    # Django makes permissions after all migrations: on a new database there are none yet.
    app = apps.get_app_config("articles")
    app.models_module = True
    create_permissions(app, verbosity=0, apps=apps, using=schema_editor.connection.alias)
    groups = apps.get_model("auth", "Group").objects.using(schema_editor.connection.alias)
    permissions = apps.get_model("auth", "Permission").objects.using(schema_editor.connection.alias)
    for name, codenames in ROLES.items():
        group, _is_new = groups.get_or_create(name=name)
        found = permissions.filter(content_type__app_label="articles", codename__in=codenames)
        group.permissions.add(*found)


def remove_roles(apps, schema_editor):
    groups = apps.get_model("auth", "Group").objects.using(schema_editor.connection.alias)
    groups.filter(name__in=ROLES).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("articles", "0001_initial"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [migrations.RunPython(make_roles, remove_roles)]
