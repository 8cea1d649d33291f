"""The concern line is hidden by the database itself from everybody but the compliance officer."""

from django.db import migrations

from bailiwick.custody import rows

UP = rows.concerns()
DOWN = "DROP POLICY compliance ON custody_concern;"


class Migration(migrations.Migration):
    dependencies = [("custody", "0006_exchange")]
    operations = [migrations.RunSQL(UP, DOWN)]
