"""What an import fills must be counted again while it runs: without statistics the planner reads whole tables for each batch."""

from django.db import migrations

UP = """
-- Runs as the owner of the tables; the application's role may not count them.
CREATE FUNCTION custody_count_again() RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    ANALYZE custody_person, custody_booking, custody_ground, custody_charge, custody_chargestatus, custody_departure, custody_request;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("custody", "0009_papers")]
    operations = [migrations.RunSQL(UP, "DROP FUNCTION custody_count_again();")]
