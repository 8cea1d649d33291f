"""The record's tables, and the triggers that number events at commit and let nothing be changed or removed."""

import django.db.models.deletion
from django.db import migrations, models

#: 'BLWK': serialises the commits that number events.
LOCK = 1112299339

NUMBER = f"""
CREATE FUNCTION record_number() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE next bigint;
BEGIN
    -- Held until this transaction is visible to all; the statement after it therefore sees every number given before.
    PERFORM pg_advisory_xact_lock({LOCK});
    SELECT coalesce(max(number) + 1, 0) INTO next FROM record_leaf;
    INSERT INTO record_leaf (number, event_id, hash)
        VALUES (next, NEW.id, sha256('\\x00'::bytea || convert_to(NEW.body, 'UTF8')));
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER record_number AFTER INSERT ON record_event
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION record_number();

-- Remembers that this transaction (or what is left of it after a savepoint) has an event.
CREATE FUNCTION record_mark() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM set_config('bailiwick.recorded', pg_current_xact_id()::text, true);
    RETURN NULL;
END $$;

CREATE TRIGGER record_mark AFTER INSERT ON record_event FOR EACH STATEMENT EXECUTE FUNCTION record_mark();

CREATE FUNCTION record_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the record is append-only: % on % is refused', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation';
END $$;
"""
REFUSE = "".join(
    f"CREATE TRIGGER record_refuse BEFORE UPDATE OR DELETE OR TRUNCATE ON record_{table} "
    "FOR EACH STATEMENT EXECUTE FUNCTION record_refuse();\n"
    for table in ("event", "leaf", "node", "checkpoint")
)
DOWN = """
DROP FUNCTION record_number CASCADE; DROP FUNCTION record_mark CASCADE; DROP FUNCTION record_refuse CASCADE;
"""


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        migrations.CreateModel(
            name="Event",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField()),
                ("agency_id", models.BigIntegerField(null=True)),
                ("actor", models.TextField()),
                ("kind", models.CharField(max_length=80)),
                ("subject", models.CharField(max_length=120)),
                ("body", models.TextField()),
            ],
            options={
                "indexes": [
                    models.Index(fields=["subject", "id"], name="event_subject"),
                    models.Index(fields=["agency_id", "at"], name="event_agency_at"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Leaf",
            fields=[
                ("number", models.BigIntegerField(primary_key=True, serialize=False)),
                ("hash", models.BinaryField(max_length=32)),
                (
                    "event",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="leaf", to="record.event"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Node",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("tier", models.PositiveSmallIntegerField()),
                ("index", models.BigIntegerField()),
                ("hash", models.BinaryField(max_length=32)),
            ],
            options={"constraints": [models.UniqueConstraint(fields=("tier", "index"), name="node_once")]},
        ),
        migrations.CreateModel(
            name="Checkpoint",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("size", models.BigIntegerField(unique=True)),
                ("root", models.BinaryField(max_length=32)),
                ("at", models.DateTimeField()),
                ("note", models.TextField()),
            ],
        ),
        migrations.RunSQL(NUMBER, DOWN),
        migrations.RunSQL(REFUSE, migrations.RunSQL.noop),
    ]
