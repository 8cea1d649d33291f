"""The table of Django's cache in the database, as `createcachetable` makes it."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("custody", "0012_subpoena_telling"),
    ]

    operations = [
        migrations.RunSQL(
            """CREATE TABLE cache (cache_key varchar(255) PRIMARY KEY, value text NOT NULL, expires timestamptz NOT NULL);
            CREATE INDEX cache_expires ON cache (expires)""",
            "DROP TABLE cache",
        ),
    ]
