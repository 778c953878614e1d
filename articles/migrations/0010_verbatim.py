from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("articles", "0009_desk")]

    operations = [
        migrations.AddField(
            model_name="article",
            name="is_verbatim",
            field=models.BooleanField(
                default=False,
                help_text="Guillemets, apostrophes et espaces paraissent comme ils sont saisis.",
                verbose_name="typographie d’origine",
            ),
        ),
        migrations.AddField(
            model_name="edition",
            name="is_verbatim",
            field=models.BooleanField(default=False, verbose_name="typographie d’origine"),
        ),
    ]
