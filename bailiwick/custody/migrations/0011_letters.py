"""Letters of alarm: one row for each alarm and address, hidden with the alarm."""

import django.db.models.deletion
from django.db import migrations, models

from bailiwick.custody import rows

SECURE = rows.by_agency("custody_letter") + rows.sealed_with("custody_letter", "alarm_id", "custody_alarm")


class Migration(migrations.Migration):
    dependencies = [
        ("custody", "0010_import_statistics"),
    ]

    operations = [
        migrations.CreateModel(
            name="Letter",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("address", models.EmailField(max_length=254)),
                ("tries", models.PositiveIntegerField(default=0)),
                ("next_at", models.DateTimeField()),
                ("begun_at", models.DateTimeField(blank=True, null=True)),
                ("unsure_at", models.DateTimeField(blank=True, null=True)),
                ("sent_at", models.DateTimeField(blank=True, null=True)),
                ("given_up_at", models.DateTimeField(blank=True, null=True)),
                ("last_answer", models.CharField(blank=True, max_length=300)),
                (
                    "agency",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="custody.agency"
                    ),
                ),
                (
                    "alarm",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="letters",
                        to="custody.alarm",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("given_up_at", None), ("sent_at", None)),
                        fields=["next_at"],
                        name="letter_waiting",
                    )
                ],
                "constraints": [models.UniqueConstraint(fields=("alarm", "address"), name="letter_once")],
            },
        ),
        migrations.RunSQL(SECURE, rows.undo("custody_letter")),
    ]
