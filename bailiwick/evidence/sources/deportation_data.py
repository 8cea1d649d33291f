"""The releases of 2025 and 2026 that the Deportation Data Project publishes: workbooks, CSV or Parquet, one or more a table.

The column that links a person's rows within one release is `Unique Identifier` in most of them and some form of `Anonymized
Identifier` in others. The detainer layout was checked against rows of the release of 2026; the names that workbooks of March
2026 have instead, and the columns of the other four tables, are those that public programs read from the workbooks of 2025 and
2026, of which no rows were at hand. A file with other columns is refused by name and not half read.
"""

from bailiwick.evidence.sources import Layout

_PERSON = ("unique_identifier", "anonymized_identifier", "anonymized_unique_identifier", "unique_id")
_PLACE = {
    "facility": ("detention_facility", "facility"),
    "facility_code": ("detention_facility_code", "facility_code"),
    "state": ("facility_state", "state", "apprehension_state"),
    "city": ("facility_city", "city"),
}
#: The jail that a detainer was sent to. The workbooks of March 2026 call it by the second name.
_JAIL = ("detention_facility", "detainer_facility")
_DETAINER = {
    **_PLACE,
    "facility": (*_JAIL, "facility"),
    "facility_code": ("detention_facility_code", "detainer_facility_code", "facility_code"),
    "day": ("detainer_prepare_date",),
    "form": ("detainer_type",),
    "lift_reason": ("detainer_lift_reason",),
    "offence": (
        "most_serious_conviction_charge",
        "most_serious_conviction_msc_charge",
        "msc_charge",
    ),
    "charge_code": ("msc_charge_code",),
    "convicted_on": ("msc_conviction_date",),
    "final_order": ("final_order_yes_no",),
    "criminality": ("detainer_prepared_criminality", "detainer_criminality"),
    "area": ("facility_aor",),
    "departed": ("departed_date",),
}
_ARREST = {
    "apprehension_method": ("apprehension_method",),
    "area": ("apprehension_aor", "area_of_responsibility"),
    "landmark": ("apprehension_site_landmark", "apprehension_landmark", "event_landmark"),
    "state": ("apprehension_state",),
    "criminality": ("apprehension_criminality",),
}
_WHO = {"person": _PERSON, "birth_year": ("birth_year",)}
#: Columns that every table tells of the person.
_OF_ALL = (
    *("departed_date", "departure_country", "final_order_yes_no", "final_order_date"),
    *("case_status", "case_category", "citizenship_country", "gender"),
)
#: Table -> columns that are not read, of those that its workbooks of 2025 and 2026 have.
_ALSO = {
    "detainers": (
        *("apprehension_date", "apprehension_method", "port_of_departure", "birth_country"),
        *("entry_date", "entry_status", "felon", "processing_disposition", "msc_charge_date"),
        *("detainer_lift_reason_code", "detainer_threat_level", "detainer_prep_threat_level"),
        *("biometric_match_yes_no", "federal_interest_yes_no", "resume_custody_yes_no"),
        *("notify_release_request_yes_no", "prior_felony_yes_no", "tod_current_duty_site"),
    ),
    "stays": (
        *("stay_book_in_date_time", "stay_book_out_date_time", "stay_book_out_date"),
        *("stay_release_reason", "detention_release_reason", "book_in_criminality"),
        *("book_in_site", "book_in_aor", "religion", "marital_status", "ethnicity"),
        *("bond_posted_date", "bond_posted_amount", "initial_bond_set_amount", "felon"),
        *("msc_charge", "msc_charge_code", "msc_charge_date", "msc_conviction_date"),
    ),
    "encounters": (
        *("event_type", "event_landmark", "responsible_site", "lead_event_type", "lead_source"),
        *("encounter_criminality", "encounter_threat_level", "final_program"),
        *("processing_disposition",),
    ),
    "removals": (
        *("docket_aor", "apprehension_date", "apprehension_state", "apprehension_county"),
        *("prior_deport_yes_no", "final_charge_code", "final_charge_section"),
        *("final_charge_section_code", "final_program", "latest_arrest_program_current"),
        *("latest_apprehension_program", "latest_person_apprehension_date", "birth_country"),
        *("entry_date", "entry_status", "felon", "case_criminality", "case_threat_level"),
        *("msc_charge", "msc_charge_code", "msc_charge_date", "msc_conviction_date"),
        *("msc_criminal_charge_status", "processing_disposition"),
    ),
    "arrests": (
        *("final_program", "final_program_group", "apprehension_county", "apprehension_type"),
        *("apprehension_final_program", "arresting_agency", "toa_current_duty_aor"),
        *("toa_current_duty_site",),
    ),
}

#: Table, its words, the columns that must be there, and which are read. The order tells where two explain as many columns.
_TABLES: tuple[tuple[str, str, tuple[str, ...], dict[str, tuple[str, ...]]], ...] = (
    *(
        (
            "detainers",
            "detainers",
            ("detainer_prepare_date", facility, "facility_state", "detainer_lift_reason"),
            _DETAINER,
        )
        for facility in _JAIL
    ),
    (
        "stays",
        "detention stays",
        ("book_in_date_time", "detention_facility"),
        {
            **_PLACE,
            "day": ("book_in_date_time",),
            "ended": ("detention_book_out_date_time", "book_out_date_time"),
        },
    ),
    (
        "stays",
        "detention stays, one row a stay",
        ("stay_book_in_date_time", "stay_book_out_date_time"),
        {"day": ("stay_book_in_date_time",), "ended": ("stay_book_out_date_time",)},
    ),
    (
        "encounters",
        "encounters",
        ("event_date", "responsible_aor"),
        {"day": ("event_date",), "area": ("responsible_aor",)},
    ),
    (
        "removals",
        "removals",
        ("departed_date", "departure_country", "port_of_departure"),
        {"day": ("departed_date",)},
    ),
    (
        "arrests",
        "arrests",
        ("apprehension_date", "apprehension_method"),
        {"day": ("apprehension_date",), **_ARREST},
    ),
    (
        "arrests",
        "arrests, with the hour",
        ("apprehension_date_time", "apprehension_method"),
        {"day": ("apprehension_date_time",), **_ARREST},
    ),
)

LAYOUTS = tuple(
    Layout(
        name=f"ICE {words}, Deportation Data Project (2025 and 2026)",
        release="deportation-data",
        table=table,
        marks=frozenset((*marks, person)),
        columns={**_WHO, **columns},
        also=frozenset((*_OF_ALL, *_ALSO[table])),
        named=r"\d{4}-ICLI-\d{5}",
    )
    for table, words, marks, columns in _TABLES
    for person in _PERSON
)
