from django.contrib.auth.management import create_permissions
from django.db import migrations

# What the Rédaction en chef may do beside the rights of 0002_roles.
CHIEF = ["merge_topic", "view_topicact", "view_sitetext", "change_sitetext"]
TEXTS = {
    "mentions-legales": "Mentions légales",
    "contact": "Contact",
    "droit-de-reponse": "Droit de réponse",
    "charte": "Charte",
    "accessibilite": "Accessibilité",
}


def make_rights_and_texts(apps, schema_editor):
    using = schema_editor.connection.alias
    # Django makes permissions after all migrations.
    app = apps.get_app_config("articles")
    app.models_module = True
    create_permissions(app, verbosity=0, apps=apps, using=using)
    permissions = apps.get_model("auth", "Permission").objects.using(using)
    found = permissions.filter(content_type__app_label="articles", codename__in=CHIEF)
    for group in apps.get_model("auth", "Group").objects.using(using).filter(name="Rédaction en chef"):
        group.permissions.add(*found)
    texts = apps.get_model("articles", "SiteText").objects.using(using)
    for key, title in TEXTS.items():
        texts.get_or_create(key=key, defaults={"title": title})


class Migration(migrations.Migration):
    dependencies = [("articles", "0004_topics_and_site_texts")]

    operations = [migrations.RunPython(make_rights_and_texts, migrations.RunPython.noop)]
