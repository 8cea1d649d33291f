"""What the words of a release mean: lift reasons to outcomes, forms to kinds of request, methods of arrest."""

from __future__ import annotations

from bailiwick.engine.facts import FACTS

#: Outcomes of a detainer, in the order of tables. `unrecognised`: a reason was recorded whose words nobody here knows.
OUTCOMES = (
    "taken_into_custody",
    "declined",
    "insufficient_notice",
    "released_before_pickup",
    "withdrawn",
    "not_removable",
    "superseded",
    "transferred",
    "died",
    "unrecognised",
    "not_recorded",
)
#: Lift reason, in lower case, to outcome. A blank one is `not_recorded`: never "honored".
LIFTED = {
    "booked into detention": "taken_into_custody",
    "detainer declined by lea": "declined",
    "insufficient notice to ice": "insufficient_notice",
    "early release": "released_before_pickup",
    "no longer in state, local, or federal custody": "released_before_pickup",
    "case closed": "withdrawn",
    "ice temporary resource constraint": "withdrawn",
    "judicial review": "withdrawn",
    "lifted": "withdrawn",
    "lifted - lack of funds": "withdrawn",
    "lifted - lack of space": "withdrawn",
    "prosecutorial discretion": "withdrawn",
    "alien not subject to deportation": "not_removable",
    "not amenable to removal": "not_removable",
    "noncitizen not amenable to removal": "not_removable",
    "united states citizen interviewed": "not_removable",
    "usc or presumptive claim to us citizenship": "not_removable",
    "duplicate": "superseded",
    "superseding - new form issued": "superseded",
    "transferred": "transferred",
    "died": "died",
}
#: The first form number in the words of a detainer type: the kind of request and the form as printed.
FORMS: dict[str, tuple[str, str]] = {
    "I247": ("immigration_detainer", "I-247"),
    "I247A": ("immigration_detainer", "I-247A"),
    "I247D": ("immigration_detainer", "I-247D"),
    "I247G": ("release_notification_request", "I-247G"),
    "I247N": ("release_notification_request", "I-247N"),
    "I247X": ("transfer_request", "I-247X"),
}
#: Method of apprehension, in lower case, to whether the person was in somebody's custody. Others are `other`.
METHODS = {
    **dict.fromkeys(
        (
            "cap local incarceration",
            "cap state incarceration",
            "cap federal incarceration",
            "custodial arrest",
            "287(g) program",
            "law enforcement agency response unit",
        ),
        "in_custody",
    ),
    **dict.fromkeys(
        ("located", "non-custodial arrest", "probation and parole", "worksite enforcement"), "at_large"
    ),
}
#: Methods that are known and say neither: arrests at a border, by other agencies, on paper.
OTHER_METHODS = (
    *(
        "ero reprocessed arrest",
        "other efforts",
        "patrol border",
        "patrol interior",
        "inspections",
        "other task force",
    ),
    *(
        "other agency (turned over to ins)",
        "organized crime drug enforcement task force",
        "anti-smuggling",
        "traffic check",
    ),
    *("boat patrol", "crewman/stowaway", "criminal alien program", "transportation check aircraft"),
    *(
        "transportation check freight train",
        "transportation check bus",
        "transportation check passenger train",
    ),
)
#: Yes and no, in lower case, as truth values in SQL. Parquet may have truth values of its own, or numbers for them.
YES_NO = {
    **dict.fromkeys(("yes", "y", "true", "t", "1", "1.0"), "true"),
    **dict.fromkeys(("no", "n", "false", "f", "0", "0.0"), "false"),
}
#: What stands for "nothing" in a cell.
BLANKS = (
    *("", "na", "n/a", "null", "none"),
    *("b(6), b(7)c", "(b)(6)", "(b)(6), (b)(7)(c)", "b(6), b(7)(c)", "b(6);b(7)(c)"),
    "other-other facility",
)

assert {kind for kind, _ in FORMS.values()} <= set(FACTS["request.kind"].values)
