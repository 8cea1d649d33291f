"""FOIA 2019-ICFO-53623: arrests by ICE from October 2015 to August 2019. No person is numbered in it."""

from bailiwick.evidence.sources import Layout

LAYOUTS = (
    Layout(
        name="ICE arrests, FOIA 2019-ICFO-53623 (2015 to 2019)",
        release="foia-2019-icfo-53623",
        table="arrests",
        marks=frozenset(
            ("area_of_responsibility", "apprehension_date", "apprehension_method", "apprehension_landmark")
        ),
        columns={
            "day": ("apprehension_date",),
            "apprehension_method": ("apprehension_method",),
            "area": ("area_of_responsibility",),
            "landmark": ("apprehension_landmark",),
        },
        also=frozenset(
            (
                "processing_disposition",
                "citizenship",
                "citizenship_country",
                "gender",
                "case_status",
                "case_category",
            )
        ),
    ),
)
