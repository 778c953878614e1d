from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("articles", "0018_pins_and_rights")]

    operations = [
        migrations.RemoveField(model_name="pin", name="article"),
        migrations.DeleteModel(name="Pin"),
    ]
