"""Row-level security: the SQL that lets the application's database role see one agency's rows, and sealed files only where it
may. Used by migrations; `bailiwick.custody.seeing` sets the session's values.

Session values: `bailiwick.agencies` (comma list of numbers; `all` for jobs; `log-in` while nobody is known yet; empty: nothing),
`bailiwick.sealed` (`on`: sealed and juvenile files too), `bailiwick.user` (number of the user).
"""

from __future__ import annotations

#: The role requests run under: no superuser, does not own the tables, cannot bypass row-level security.
ROLE = "bailiwick_app"

PREPARE = f"""
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{ROLE}') THEN
        CREATE ROLE {ROLE} NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS;
    END IF;
    IF NOT pg_has_role(current_user, '{ROLE}', 'MEMBER') THEN
        EXECUTE format('GRANT {ROLE} TO %I', current_user);
    END IF;
    EXECUTE format('GRANT USAGE ON SCHEMA %I TO {ROLE}', current_schema());
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA %I TO {ROLE}', current_schema());
    EXECUTE format('GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA %I TO {ROLE}', current_schema());
    EXECUTE format(
        'ALTER DEFAULT PRIVILEGES IN SCHEMA %I GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {ROLE}', current_schema());
    EXECUTE format('ALTER DEFAULT PRIVILEGES IN SCHEMA %I GRANT USAGE, SELECT ON SEQUENCES TO {ROLE}', current_schema());
END $$;

CREATE OR REPLACE FUNCTION bailiwick_agencies() RETURNS bigint[] LANGUAGE sql STABLE SECURITY DEFINER
SET search_path FROM CURRENT AS $$
    SELECT CASE coalesce(current_setting('bailiwick.agencies', true), '')
        WHEN '' THEN '{{}}'::bigint[]
        WHEN 'log-in' THEN '{{}}'::bigint[]
        WHEN 'all' THEN (SELECT array_agg(id) FROM custody_agency)
        ELSE string_to_array(current_setting('bailiwick.agencies', true), ',')::bigint[]
    END
$$;

CREATE OR REPLACE FUNCTION bailiwick_sealed() RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT coalesce(current_setting('bailiwick.sealed', true), '') = 'on'
$$;

CREATE OR REPLACE FUNCTION bailiwick_log_in() RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT coalesce(current_setting('bailiwick.agencies', true), '') IN ('log-in', 'all')
$$;

CREATE OR REPLACE FUNCTION bailiwick_user() RETURNS bigint LANGUAGE sql STABLE AS $$
    SELECT nullif(current_setting('bailiwick.user', true), '')::bigint
$$;

-- A person all of whose stays are sealed or juvenile. Runs as the owner, who sees every stay.
CREATE OR REPLACE FUNCTION bailiwick_only_sealed(person bigint) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
SET search_path FROM CURRENT AS $$
    SELECT coalesce(bool_and(juvenile OR sealed_at IS NOT NULL), false) FROM custody_booking WHERE person_id = person
$$;
"""

_MINE = "{column} = ANY ((SELECT bailiwick_agencies())::bigint[])"


def by_agency(table: str, column: str = "agency_id") -> str:
    """Rows of the agencies that are set, no others; nor can others be written."""
    rule = _MINE.format(column=column)
    return f"""
ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
CREATE POLICY agency ON {table} USING ({rule}) WITH CHECK ({rule});
"""


def by_agency_or_log_in(table: str, own: str) -> str:
    """As `by_agency`; also all rows while somebody logs in, and one's own (`own`: the column with the user's number)."""
    rule = f"{_MINE.format(column='agency_id')} OR {own} = (SELECT bailiwick_user()) OR (SELECT bailiwick_log_in())"
    return f"""
ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
CREATE POLICY agency ON {table} USING ({rule}) WITH CHECK ({rule});
"""


def sealed_bookings() -> str:
    """Sealed and juvenile stays, and people who have no other, only where `bailiwick.sealed` is on."""
    return """
CREATE POLICY sealed ON custody_booking AS RESTRICTIVE
    USING ((SELECT bailiwick_sealed()) OR (NOT juvenile AND sealed_at IS NULL));
CREATE POLICY sealed ON custody_person AS RESTRICTIVE FOR SELECT
    USING ((SELECT bailiwick_sealed()) OR NOT bailiwick_only_sealed(id));
"""


def sealed_with(table: str, column: str, parent: str) -> str:
    """A row is hidden with the row it belongs to."""
    return f"""
CREATE POLICY sealed ON {table} AS RESTRICTIVE
    USING ((SELECT bailiwick_sealed()) OR {column} IS NULL
           OR EXISTS (SELECT FROM {parent} WHERE {parent}.id = {table}.{column}));
"""


def events() -> str:
    """Events of the agency, and of none while somebody logs in or where the session sees everything."""
    rule = f"{_MINE.format(column='agency_id')} OR (agency_id IS NULL AND (SELECT bailiwick_log_in()))"
    return f"""
ALTER TABLE record_event ENABLE ROW LEVEL SECURITY;
CREATE POLICY agency ON record_event USING ({rule}) WITH CHECK ({rule});
CREATE POLICY sealed ON record_event AS RESTRICTIVE FOR SELECT
    USING ((SELECT bailiwick_sealed()) OR subject NOT LIKE 'booking/%'
           OR EXISTS (SELECT FROM custody_booking WHERE id = substr(subject, 9)::bigint));
"""


def concerns() -> str:
    """Reports of the concern line only for the compliance officer, and where nobody is logged in: who reports, and who has the
    receipt code."""
    return """
CREATE POLICY compliance ON custody_concern AS RESTRICTIVE
    USING ((SELECT bailiwick_user()) IS NULL
           OR EXISTS (SELECT FROM custody_user WHERE id = (SELECT bailiwick_user()) AND compliance_officer));
"""


def undo(table: str) -> str:
    """Without row-level security again."""
    return f"""
DROP POLICY IF EXISTS agency ON {table};
DROP POLICY IF EXISTS sealed ON {table};
ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;
"""
