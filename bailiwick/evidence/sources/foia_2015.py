"""FOIA 15-87693: every detainer from October 2014 to July 2015, as ICE released it in one workbook; and the counts before, as
others published them row by row."""

from bailiwick.evidence.sources import Layout

LAYOUTS = (
    Layout(
        name="ICE detainers, FOIA 15-87693 (2015)",
        release="foia-15-87693",
        table="detainers",
        marks=frozenset(
            (
                "prepare_date",
                "detainer_type",
                "detainer_detention_facility",
                "state",
                "city",
                "detainer_lift_reason",
            )
        ),
        columns={
            "day": ("prepare_date",),
            "form": ("detainer_type",),
            "facility": ("detainer_detention_facility",),
            "state": ("state",),
            "city": ("city",),
            "lift_reason": ("detainer_lift_reason",),
        },
    ),
    Layout(
        name="ICE detainers, fiscal years 2008 to 2015, as rows by others",
        release="foia-2008-2015",
        table="detainers",
        marks=frozenset(("date", "lift_reason", "det_facility", "city", "state", "detainer_type")),
        columns={
            "day": ("date",),
            "form": ("detainer_type",),
            "facility": ("det_facility",),
            "state": ("state",),
            "city": ("city",),
            "lift_reason": ("lift_reason",),
        },
    ),
)
