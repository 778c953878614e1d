from django.db import migrations, models

# Two editions of three are past, and hold the words of the one that followed: a search of today
# would read them all to leave them out. So what is open has an index of words of its own.
#
# Some stories' words are gathered before they are put in their places, 128 kB at the most: among a
# million editions that takes half of the time, and each search looks through sixteen pages at most.
PART_WORDS = """
    DROP INDEX edition_words;
    CREATE INDEX edition_words ON articles_edition USING gin (search_vector)
    WITH (fastupdate = on, gin_pending_list_limit = 128) WHERE live_until IS NULL;
    CREATE INDEX edition_words_ended ON articles_edition USING gin (search_vector)
    WITH (fastupdate = on, gin_pending_list_limit = 128) WHERE live_until IS NOT NULL;
    ALTER INDEX article_words SET (fastupdate = on, gin_pending_list_limit = 128)
"""
JOIN_WORDS = """
    DROP INDEX edition_words_ended;
    DROP INDEX edition_words;
    CREATE INDEX edition_words ON articles_edition USING gin (search_vector)
    WITH (fastupdate = off);
    ALTER INDEX article_words RESET (gin_pending_list_limit);
    ALTER INDEX article_words SET (fastupdate = off)
"""


def run_on_postgresql(statements):
    def step(apps, schema_editor):
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(statements, params=None)

    return step


class Migration(migrations.Migration):
    dependencies = [("articles", "0023_photos_of_front_pages_and_dossiers")]

    operations = [
        migrations.RunPython(run_on_postgresql(PART_WORDS), run_on_postgresql(JOIN_WORDS)),
        migrations.AddIndex(
            model_name="edition",
            index=models.Index(
                condition=models.Q(("live_until__isnull", False)),
                fields=["live_until"],
                name="edition_live_until",
            ),
        ),
    ]
