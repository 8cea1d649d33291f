"""Row-level security on every table of an agency; sealed and juvenile files hidden by the database itself."""

from django.db import migrations

from bailiwick.custody import rows

OPEN = (
    "concern",
    "importmapping",
    "importrow",
    "importrun",
    "draft",
    "webhook",
    "webhookdelivery",
    "logreview",
)
#: Tables whose rows are hidden with what they belong to: the column and the table it points to.
HIDDEN_WITH = {
    "answer": ("booking_id", "booking"),
    "charge": ("booking_id", "booking"),
    "citizenclaim": ("booking_id", "booking"),
    "departure": ("booking_id", "booking"),
    "due": ("booking_id", "booking"),
    "ground": ("booking_id", "booking"),
    "paper": ("booking_id", "booking"),
    "request": ("booking_id", "booking"),
    "scan": ("booking_id", "booking"),
    "subpoena": ("booking_id", "booking"),
    "alarm": ("due_id", "due"),
    "chargestatus": ("charge_id", "charge"),
    "signature": ("answer_id", "answer"),
}
LOG_IN = {"user": "id", "apitoken": "user_id", "login": "user_id"}

UP = "".join(
    [
        rows.PREPARE,
        *(rows.by_agency(f"custody_{name}") for name in ("person", "booking", *OPEN, *HIDDEN_WITH)),
        *(rows.by_agency_or_log_in(f"custody_{name}", own) for name, own in LOG_IN.items()),
        rows.sealed_bookings(),
        *(
            rows.sealed_with(f"custody_{name}", column, f"custody_{parent}")
            for name, (column, parent) in HIDDEN_WITH.items()
        ),
    ]
)
DOWN = "".join(rows.undo(f"custody_{name}") for name in ("person", "booking", *OPEN, *HIDDEN_WITH, *LOG_IN))


class Migration(migrations.Migration):
    dependencies = [("custody", "0002_access")]
    operations = [migrations.RunSQL(UP, DOWN)]
