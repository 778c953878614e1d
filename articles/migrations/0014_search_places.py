from django.db import migrations

# Beside its words, what narrows a search: '#' its section, '+' the year of its publication, '@' the
# month and the year of its place in lists, all in UTC. No analysed word has such signs. So the index
# alone answers "this word, this month", and no search reads what it doesn't show. The bar parts the
# columns: no phrase may begin in one and end in the next, as in SQLite's index.
ADD_WORDS = """
    ALTER TABLE articles_edition ADD COLUMN search_vector tsvector GENERATED ALWAYS AS (
        array_to_tsvector(ARRAY[
            '#' || section_id,
            '+' || extract(year FROM published_at AT TIME ZONE 'UTC')::integer,
            '@' || extract(year FROM listed_at AT TIME ZONE 'UTC')::integer,
            '@' || (
                extract(year FROM listed_at AT TIME ZONE 'UTC') * 100
                + extract(month FROM listed_at AT TIME ZONE 'UTC')
            )::integer
        ]) ||
        setweight(to_tsvector('simple', search_a), 'A') || '''|'':1'::tsvector ||
        setweight(to_tsvector('simple', search_b), 'B') || '''|'':1'::tsvector ||
        setweight(to_tsvector('simple', search_c), 'C')
    ) STORED;
    CREATE INDEX edition_words ON articles_edition USING gin (search_vector)
    WITH (fastupdate = off);
    ALTER TABLE articles_edition ALTER COLUMN search_vector SET STATISTICS 2000
"""
ADD_FORMER_WORDS = """
    ALTER TABLE articles_edition ADD COLUMN search_vector tsvector GENERATED ALWAYS AS (
        setweight(to_tsvector('simple', search_a), 'A') ||
        setweight(to_tsvector('simple', search_b), 'B') ||
        setweight(to_tsvector('simple', search_c), 'C')
    ) STORED;
    CREATE INDEX edition_words ON articles_edition USING gin (search_vector)
    WITH (fastupdate = off);
    ALTER TABLE articles_edition ALTER COLUMN search_vector SET STATISTICS 2000
"""
DROP_WORDS = "ALTER TABLE articles_edition DROP COLUMN search_vector;"


def run_on_postgresql(statements):
    def step(apps, schema_editor):
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(statements, params=None)

    return step


class Migration(migrations.Migration):
    dependencies = [("articles", "0013_words_of_the_glossary")]

    operations = [
        migrations.RunPython(
            run_on_postgresql(DROP_WORDS + ADD_WORDS),
            run_on_postgresql(DROP_WORDS + ADD_FORMER_WORDS),
        ),
    ]
