from django.db import migrations


def keep_working_copies(apps, schema_editor):
    using = schema_editor.connection.alias
    dossiers = apps.get_model("articles", "Dossier").objects.using(using)
    revisions = apps.get_model("articles", "DossierRevision").objects.using(using)
    for dossier in dossiers.filter(number__gt=0).iterator():
        revisions.create(
            dossier=dossier,
            number=dossier.number,
            introduction_html=dossier.introduction_html,
            stories=dossier.stories,
            at=dossier.updated_at,
            by_name=dossier.updated_by_name,
        )


class Migration(migrations.Migration):
    dependencies = [("articles", "0022_versions_of_dossiers")]

    operations = [migrations.RunPython(keep_working_copies, migrations.RunPython.noop)]
