"""Row-level security on the record's events: an agency reads its own, and those about a hidden file are hidden with it."""

from django.db import migrations

from bailiwick.custody import rows

UP = rows.events()
DOWN = rows.undo("record_event")


class Migration(migrations.Migration):
    dependencies = [("custody", "0004_accounts"), ("record", "0001_record")]
    operations = [migrations.RunSQL(UP, DOWN)]
