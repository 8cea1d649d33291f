"""What a printed paper was filled in with, and the sign-off of translations."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from bailiwick.custody import rows


class Migration(migrations.Migration):
    dependencies = [
        ("custody", "0008_finding"),
    ]

    operations = [
        migrations.CreateModel(
            name="TranslationReview",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("language", models.CharField(max_length=10)),
                ("paper", models.CharField(max_length=60)),
                ("sha256", models.CharField(max_length=64)),
                ("reviewer", models.CharField(max_length=200)),
                ("standing", models.CharField(max_length=300)),
                ("at", models.DateTimeField()),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.AddField(
            model_name="paper",
            name="said",
            field=models.JSONField(blank=True, default=dict),
        ),
        migrations.AddField(
            model_name="translationreview",
            name="agency",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="custody.agency"
            ),
        ),
        migrations.AddField(
            model_name="translationreview",
            name="by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddConstraint(
            model_name="translationreview",
            constraint=models.UniqueConstraint(
                condition=models.Q(("withdrawn_at", None)),
                fields=("agency", "language", "paper", "sha256"),
                name="review_once",
            ),
        ),
        migrations.RunSQL(
            rows.by_agency("custody_translationreview"), rows.undo("custody_translationreview")
        ),
    ]
