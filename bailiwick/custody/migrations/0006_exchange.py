"""Uploaded files, interrupted imports, calls that are safe to repeat; deliveries to webhooks queued by the record itself."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from bailiwick.custody import rows

SECURE = "".join(rows.by_agency(f"custody_{name}") for name in ("importupload", "importpart", "apicall"))
UNSECURE = "".join(rows.undo(f"custody_{name}") for name in ("importupload", "importpart", "apicall"))

#: An event and its deliveries are kept together or not at all. Rows that an import brought are not sent one by one: the import
#: itself is one event.
QUEUE = """
CREATE FUNCTION custody_queue_deliveries() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    INSERT INTO custody_webhookdelivery (agency_id, webhook_id, event, tries, next_at, last_answer)
    SELECT e.agency_id, w.id, e.id, 0, e.at, ''
    FROM added e JOIN custody_webhook w ON w.agency_id = e.agency_id AND w.active AND w.kinds ? e.kind
    WHERE e.kind LIKE 'import.%' OR coalesce(e.body::jsonb #>> '{data,how}', '') <> 'import';
    RETURN NULL;
END $$;

CREATE TRIGGER custody_queue_deliveries AFTER INSERT ON record_event REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION custody_queue_deliveries();
"""
UNQUEUE = "DROP FUNCTION custody_queue_deliveries CASCADE;"


class Migration(migrations.Migration):
    dependencies = [
        ("custody", "0005_events"),
    ]

    operations = [
        migrations.CreateModel(
            name="ApiCall",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.CharField(max_length=255)),
                ("sha256", models.CharField(max_length=64)),
                ("at", models.DateTimeField()),
                ("status", models.PositiveSmallIntegerField(default=0)),
                ("answer", models.JSONField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="ImportPart",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                ("content", models.BinaryField()),
            ],
        ),
        migrations.CreateModel(
            name="ImportUpload",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=200)),
                ("size", models.PositiveBigIntegerField()),
                ("sha256", models.CharField(max_length=64)),
                ("at", models.DateTimeField()),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.AddField(
            model_name="importrun",
            name="by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="importrun",
            name="finished_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="importrun",
            name="read_as",
            field=models.CharField(blank=True, max_length=200),
        ),
        migrations.AddIndex(
            model_name="importrow",
            index=models.Index(
                condition=models.Q(("done_at", None)), fields=["agency", "run", "line"], name="row_open"
            ),
        ),
        migrations.AddIndex(
            model_name="importrow",
            index=models.Index(fields=["run", "line"], name="row_run"),
        ),
        migrations.AddIndex(
            model_name="webhookdelivery",
            index=models.Index(
                condition=models.Q(("delivered_at", None), ("given_up_at", None)),
                fields=["next_at"],
                name="delivery_waiting",
            ),
        ),
        migrations.AddField(
            model_name="apicall",
            name="agency",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="custody.agency"
            ),
        ),
        migrations.AddField(
            model_name="apicall",
            name="user",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="importpart",
            name="agency",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="custody.agency"
            ),
        ),
        migrations.AddField(
            model_name="importupload",
            name="agency",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="custody.agency"
            ),
        ),
        migrations.AddField(
            model_name="importupload",
            name="by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="importpart",
            name="upload",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="parts", to="custody.importupload"
            ),
        ),
        migrations.AddField(
            model_name="importrun",
            name="upload",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="runs",
                to="custody.importupload",
            ),
        ),
        migrations.AddConstraint(
            model_name="apicall",
            constraint=models.UniqueConstraint(fields=("user", "key"), name="call_once"),
        ),
        migrations.AddConstraint(
            model_name="importpart",
            constraint=models.UniqueConstraint(fields=("upload", "number"), name="part_once"),
        ),
        migrations.RunSQL(SECURE, UNSECURE),
        migrations.RunSQL(QUEUE, UNQUEUE),
    ]
