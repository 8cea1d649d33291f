"""Time stamps of checkpoints. Like the rest of the record they are never changed or removed."""

import django.db.models.deletion
from django.db import migrations, models

REFUSE = """
CREATE TRIGGER record_refuse BEFORE UPDATE OR DELETE OR TRUNCATE ON record_stamp
    FOR EACH STATEMENT EXECUTE FUNCTION record_refuse();
"""


class Migration(migrations.Migration):
    dependencies = [("record", "0001_record")]
    operations = [
        migrations.CreateModel(
            name="Stamp",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField()),
                ("answer", models.BinaryField(max_length=65536)),
                (
                    "checkpoint",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="stamps",
                        to="record.checkpoint",
                    ),
                ),
            ],
        ),
        migrations.RunSQL(REFUSE, migrations.RunSQL.noop),
    ]
