"""What an administrator sets for the agency: how it is reached, who hears its alarms, when files are sealed."""

from __future__ import annotations

from django.db import transaction

from bailiwick.custody.acting import Actor, note
from bailiwick.custody.errors import Refused
from bailiwick.custody.models import Agency

CHANGES = ("address", "telephone", "contact", "alarm_email", "seal_after_days")


@transaction.atomic
def change(actor: Actor, **fields: object) -> Agency:
    """Change the acting agency. Place, custodian and zone stay: decisions already made rest on them.

    Raises:
        Refused: a field that is not one of `CHANGES`.
    """
    strange = sorted(set(fields) - set(CHANGES))
    if strange:
        raise Refused(
            "The agency: expected %(changes)s; found %(strange)s.",
            changes=", ".join(CHANGES),
            strange=", ".join(strange),
        )
    held = Agency.objects.select_for_update().get(pk=actor.agency.pk)
    changed = {
        name: [getattr(held, name), value] for name, value in fields.items() if getattr(held, name) != value
    }
    for name, value in fields.items():
        setattr(held, name, value)
    held.save(update_fields=list(fields))
    if changed:
        note(actor, "agency.changed", held, changed=changed)
    return held
