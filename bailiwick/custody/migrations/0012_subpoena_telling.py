"""Whether the person named in a subpoena may be told of it; not known of those that are there."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("custody", "0011_letters"),
    ]

    operations = [
        migrations.AddField(
            model_name="subpoena",
            name="telling",
            field=models.CharField(
                choices=[
                    ("unknown", "Not known yet"),
                    ("free", "Nothing forbids it"),
                    ("forbidden", "A court’s order or a law forbids it"),
                ],
                default="unknown",
                max_length=20,
            ),
        ),
    ]
