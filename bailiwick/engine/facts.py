"""The vocabulary of a case: each fact's name, type, unit, meaning, and who would know it.

Conditions in law files, the JSON case, the bulk tables, the forms of the desk and the reference page all read this one
table. A fact that is absent is unknown, never false.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

ACTIONS: tuple[str, ...] = (
    "hold",
    "notify_release",
    "transfer",
    "interview",
    "share_information",
    "ask_status",
    "act_on_administrative_warrant",
    "answer_administrative_subpoena",
)

ACTION_MEANING: dict[str, str] = {
    "hold": "keep the person past T0, the moment he or she would otherwise be free",
    "notify_release": "tell the asking agency the date or time of release",
    "transfer": "hand custody of the person over to the asking agency",
    "interview": "let the asking agency interview the person",
    "share_information": "give non-public personal information other than the release date (citizenship and "
    "immigration status are outside this action: 8 U.S.C. § 1373)",
    "ask_status": "ask the person about citizenship, immigration status or place of birth",
    "act_on_administrative_warrant": "arrest or detain on a warrant signed by an immigration officer",
    "answer_administrative_subpoena": "give what a subpoena not signed by a judge asks for",
}

#: Plain short names of the actions, for tables.
ACTION_SHORT: dict[str, str] = {
    "hold": "Hold",
    "notify_release": "Tell the release date",
    "transfer": "Hand over",
    "interview": "Interview",
    "share_information": "Share information",
    "ask_status": "Ask status",
    "act_on_administrative_warrant": "Act on administrative warrant",
    "answer_administrative_subpoena": "Answer administrative subpoena",
}

CUSTODIANS: tuple[str, ...] = ("county_jail", "state_prison", "police_lockup", "probation", "court")
LEVELS: tuple[str, ...] = ("constitution", "federal", "state", "local", "policy")

#: Forms that on their face ask for notice only (Form I-247N; Form I-247G under the Gonzalez settlement of 2025-03-04):
#: whatever kind was typed beside them, the request is read as a request for notice of release.
NOTICE_ONLY_FORMS: tuple[str, ...] = ("I-247G", "I-247N")


class Outcome(StrEnum):
    """What the law says about one action."""

    REQUIRED = "required"
    ALLOWED = "allowed"
    FORBIDDEN = "forbidden"
    UNREGULATED = "unregulated"
    UNKNOWN = "unknown"
    CONFLICT = "conflict"


class Type(StrEnum):
    """The type of a fact."""

    BOOLEAN = "boolean"
    INTEGER = "integer"
    TEXT = "text"
    DATE = "date"  # a local day, ISO 8601
    INSTANT = "instant"  # ISO 8601 with offset; read as UTC
    TEXTS = "list of texts"


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that may be known of a case.

    Attributes:
        name: dotted name; facts of a charge start with ``charges[].``.
        type: its type; an instant stands in a condition for its local day at the place.
        means: one sentence.
        known_by: who would know it.
        values: the words it may take, empty where any is allowed.
        ask: the question a clerk would be asked.
    """

    name: str
    type: Type
    means: str
    known_by: str
    values: tuple[str, ...] = ()
    ask: str = ""

    @property
    def of_charge(self) -> bool:
        return self.name.startswith("charges[].")

    @property
    def field(self) -> str:
        """The name inside a charge (``status`` for ``charges[].status``)."""
        return self.name.removeprefix("charges[].")


_B, _I, _T, _D, _N, _L = Type.BOOLEAN, Type.INTEGER, Type.TEXT, Type.DATE, Type.INSTANT, Type.TEXTS

KINDS: tuple[str, ...] = (
    "immigration_detainer",
    "release_notification_request",
    "transfer_request",
    "administrative_warrant",
    "judicial_warrant",
    "administrative_subpoena",
    "parole_warrant",
    "probation_hold",
    "military_deserter",
    "fugitive_warrant",
    "interstate_detainer",
)

_FACTS: tuple[Fact, ...] = (
    Fact("custodian", _T, "who holds the person", "the agency itself", CUSTODIANS, "Who holds the person?"),
    Fact(
        "request.kind",
        _T,
        "what the outside agency asks for; forms I-247N and I-247G always count as "
        "release_notification_request",
        "the clerk, from the paper",
        KINDS,
        "What does the paper ask for?",
    ),
    Fact(
        "request.form",
        _T,
        "the form's number as printed, such as I-247A",
        "the clerk, from the paper",
        (),
        "Which form is it?",
    ),
    Fact(
        "request.received_at",
        _N,
        "when the request reached the custodian",
        "the clerk, fax or e-mail header",
        (),
        "When did it arrive?",
    ),
    Fact(
        "request.warrant",
        _T,
        "what came with the request: nothing, a warrant signed by an immigration officer, a "
        "warrant signed by a judge (civil or criminal), or another court order",
        "the clerk, from the paper",
        ("none", "administrative", "judicial_civil", "judicial_criminal", "court_order"),
        "What came with the request, and who signed it?",
    ),
    Fact(
        "request.signed",
        _B,
        "the issuing officer signed the form",
        "the clerk, from the paper",
        (),
        "Is the form signed?",
    ),
    Fact(
        "request.complete",
        _B,
        "the form is filled in completely, with its grounds",
        "the clerk, from the paper",
        (),
        "Is the form complete?",
    ),
    Fact(
        "request.backed",
        _B,
        "an incomplete form is backed by an affidavit, an order or official documentation that "
        "shows probable cause",
        "the clerk, from the papers sent with the form",
        (),
        "Is the form backed by an affidavit, an order or official documents that show probable cause?",
    ),
    Fact(
        "request.served_on_person",
        _B,
        "the person was given a copy",
        "the clerk",
        (),
        "Has the person been given a copy?",
    ),
    Fact(
        "request.basis",
        _L,
        "the boxes ticked on Form I-247A: final_order, pending_proceedings, biometric_match, "
        "statements; resume_custody is box 2",
        "the clerk, from the paper",
        ("final_order", "pending_proceedings", "biometric_match", "statements", "resume_custody"),
        "Which boxes are ticked?",
    ),
    Fact(
        "request.judge_authorizes_interview",
        _B,
        "a judge's order authorises the interview",
        "the clerk, from the paper",
        (),
        "Does a judge's order authorise the interview?",
    ),
    Fact(
        "request.governors_warrant",
        _B,
        "the governor here has issued a warrant on another state's demand for the person",
        "the clerk, from the paper",
        (),
        "Has the governor issued a warrant for the person?",
    ),
    Fact(
        "request.federal_probable_cause",
        _B,
        "a federal judge or magistrate judge found probable cause of a federal "
        "immigration crime and authorised the arrest",
        "the clerk, from the paper",
        (),
        "Did a federal judge find probable cause of an immigration crime and authorise the arrest?",
    ),
    Fact("person.age", _I, "age in years at the decision", "booking record", (), "How old is the person?"),
    Fact(
        "person.citizen_claim",
        _B,
        "the person says he or she is a U.S. citizen",
        "the person",
        (),
        "Does the person say he or she is a U.S. citizen?",
    ),
    Fact(
        "person.citizen_proof",
        _B,
        "the person has provided proof of U.S. citizenship",
        "the person, counsel",
        (),
        "Has the person provided proof of U.S. citizenship?",
    ),
    Fact(
        "person.lawful_status_proof",
        _B,
        "the person has provided proof of lawful immigration status",
        "the person, counsel",
        (),
        "Has the person provided proof of lawful immigration status?",
    ),
    Fact(
        "person.final_order",
        _B,
        "a final order of removal exists, as the request or its papers show",
        "the request's papers",
        (),
        "Do the papers show a final order of removal?",
    ),
    Fact(
        "person.watchlist_match",
        _B,
        "a possible match in the terrorist screening database",
        "a records check",
        (),
        "Does the records check show a possible watch-list match?",
    ),
    Fact(
        "person.offender_registrant",
        _B,
        "the person is on the registry that the law of the place names "
        "(sex offender; in California sex and arson)",
        "a records check",
        (),
        "Is the person on the offender registry?",
    ),
    Fact(
        "person.illegal_reentry",
        _B,
        "the person re-entered without permission after a removal, as a federal source states",
        "the request's papers",
        (),
        "Do the papers show a re-entry after removal?",
    ),
    Fact(
        "person.removed_after_felony",
        _B,
        "the person was removed from or left the United States after a felony "
        "conviction here, as a federal source states",
        "the request's papers",
        (),
        "Do the papers show a removal or departure after a felony conviction?",
    ),
    Fact(
        "person.status_confirmed",
        _B,
        "the immigration agency has confirmed to the custodian, for this person, that "
        "he or she is unlawfully present",
        "the answer of the Law Enforcement Support Center",
        (),
        "Has the immigration agency confirmed the person's status?",
    ),
    Fact(
        "person.federal_felony_warrant",
        _B,
        "the person is the subject of an outstanding federal felony arrest "
        "warrant, as the asking agency identifies",
        "the request's papers",
        (),
        "Is there an outstanding federal felony arrest warrant?",
    ),
    Fact(
        "person.gang_database",
        _B,
        "the police's gang database names the person",
        "a records check",
        (),
        "Does the police's gang database name the person?",
    ),
    Fact(
        "person.arrested_on",
        _D,
        "day of the arrest that led to the present custody",
        "booking record",
        (),
        "On which day was the person arrested?",
    ),
    Fact(
        "person.interview_consent",
        _B,
        "the person consented in writing to the interview, after the form the law asks for",
        "the clerk",
        (),
        "Has the person consented to the interview in writing?",
    ),
    Fact(
        "person.counsel_present",
        _B,
        "counsel is present at the interview, or was knowingly waived",
        "the clerk",
        (),
        "Is counsel present, or knowingly waived?",
    ),
    Fact(
        "person.requests_interview",
        _B,
        "the person asks for the interview",
        "the person",
        (),
        "Does the person ask for the interview?",
    ),
    Fact(
        "person.federal_charges",
        _B,
        "the person awaits trial or sentence, or serves a sentence, on federal charges",
        "booking record",
        (),
        "Is the person held on federal charges?",
    ),
    Fact(
        "person.sentence_released_on",
        _D,
        "day of release from the last sentence for a listed crime",
        "a records check",
        (),
        "When was the person released from that sentence?",
    ),
    Fact(
        "person.counsel_offered",
        _B,
        "the person was given the opportunity to have counsel present at the interview",
        "the clerk",
        (),
        "Was the person given the opportunity to have counsel present?",
    ),
    Fact(
        "person.criminal_warrant",
        _B,
        "a criminal warrant of a court of the United States, a state or a city is "
        "outstanding against the person",
        "a records check",
        (),
        "Is a criminal warrant outstanding?",
    ),
    Fact(
        "person.gang_match",
        _B,
        "named as a known gang member in the database of the National Crime Information "
        "Center (New York City law of 2012 to 2014 only)",
        "a records check",
        (),
        "Does the national crime database name the person as a known gang member?",
    ),
    Fact(
        "person.several_open_cases",
        _B,
        "defendant in more than one criminal case without judgment",
        "court record",
        (),
        "Is more than one criminal case open?",
    ),
    Fact(
        "release.eligible_at",
        _N,
        "T0: when the last local custody ground ended or will end",
        "the booking record",
        (),
        "When would the person otherwise be free?",
    ),
    Fact(
        "release.public_information",
        _B,
        "the release date is already public",
        "the agency's own practice",
        (),
        "Is the release date public?",
    ),
    Fact(
        "agency.cost_agreement",
        _B,
        "the federal government agreed in writing to pay all costs of holding",
        "county counsel",
        (),
        "Is there a written agreement on all costs?",
    ),
    Fact(
        "agency.agreement_287g",
        _B,
        "the agency has a written agreement under 8 U.S.C. § 1357(g)",
        "county counsel",
        (),
        "Does the agency have a 287(g) agreement?",
    ),
    Fact(
        "agency.case_review",
        _B,
        "the agency's own review of this case favours holding",
        "the agency's head",
        (),
        "Does the agency's own review of this case favour holding?",
    ),
    Fact(
        "agency.criminal_purpose",
        _B,
        "a legitimate law-enforcement purpose unrelated to immigration",
        "a supervisor",
        (),
        "Is there a law-enforcement purpose unrelated to immigration?",
    ),
    Fact(
        "charges_complete",
        _B,
        "the charges listed are the whole record; false: more may exist",
        "a records check",
        (),
        "Is the record complete?",
    ),
    Fact(
        "charges[].statute",
        _T,
        "the section charged, as people write it (PC 459, 720 ILCS 5/19-1)",
        "booking record, rap sheet",
        (),
        "Under which section?",
    ),
    Fact(
        "charges[].code_system",
        _T,
        "which system `code` belongs to (ncic, tx-offense-code)",
        "booking record",
        (),
        "Which code system?",
    ),
    Fact(
        "charges[].code", _T, "the offence code in that system", "booking record", (), "Which offence code?"
    ),
    Fact(
        "charges[].description",
        _T,
        "the offence in words; shown, never decides",
        "booking record",
        (),
        "What is the offence called?",
    ),
    Fact(
        "charges[].status",
        _T,
        "how far the charge has come; a juvenile or youthful-offender adjudication is not `convicted`",
        "court record",
        ("arrested", "charged", "held_to_answer", "convicted", "dismissed", "acquitted"),
        "Arrested, charged, held to answer, or convicted?",
    ),
    Fact(
        "charges[].grade",
        _T,
        "felony, misdemeanor or infraction, of the conviction where there is one",
        "court record",
        ("felony", "misdemeanor", "infraction"),
        "Felony or misdemeanor?",
    ),
    Fact(
        "charges[].class",
        _T,
        "the class or degree as the law prints it: A, B, 1, 2",
        "court record",
        (),
        "Which class or degree?",
    ),
    Fact(
        "charges[].wobbler",
        _B,
        "the crime is punishable as felony or misdemeanor",
        "the statute",
        (),
        "Could the crime have been charged either way?",
    ),
    Fact(
        "charges[].serious",
        _B,
        "serious in the meaning of the law of the place",
        "the statute",
        (),
        "Is it a serious crime under the law here?",
    ),
    Fact(
        "charges[].violent",
        _B,
        "violent in the meaning of the law of the place",
        "the statute",
        (),
        "Is it a violent crime under the law here?",
    ),
    Fact(
        "charges[].state_prison",
        _B,
        "punishable by imprisonment in state prison",
        "the statute",
        (),
        "Is it punishable in state prison?",
    ),
    Fact(
        "charges[].indictable",
        _B,
        "an indictable crime in the meaning of the law of the place",
        "the statute",
        (),
        "Is it an indictable crime?",
    ),
    Fact("charges[].convicted_on", _D, "day of the conviction", "court record", (), "On which day?"),
    Fact(
        "charges[].aggravated_felony",
        _B,
        "a federal crime within 8 U.S.C. § 1101(a)(43)(A) to (P)",
        "counsel",
        (),
        "Is it a federal aggravated felony?",
    ),
    Fact(
        "charges[].look_back_tolled",
        _B,
        "time in custody for a listed crime brings an older conviction back inside the look-back",
        "rap sheet",
        (),
        "Does custody time extend the look-back to this conviction?",
    ),
    Fact(
        "charges[].domestic_violence",
        _B,
        "an act of domestic violence in the meaning of the law of the place",
        "court record",
        (),
        "Is it a domestic-violence offence?",
    ),
    Fact(
        "charges[].sex_registration",
        _B,
        "the offence requires registration as a sex offender",
        "the statute",
        (),
        "Does the offence require registration?",
    ),
    Fact(
        "charges[].minor_victim", _B, "the victim was a minor", "court record", (), "Was the victim a minor?"
    ),
    Fact(
        "charges[].in_custody_for",
        _B,
        "the person is now in custody on this charge",
        "booking record",
        (),
        "Is the person in custody on this charge?",
    ),
    Fact(
        "charges[].firearm",
        _B,
        "the charge is about possession of a firearm, rifle, shotgun, bullet or ammunition",
        "court record",
        (),
        "Is the charge about possession of a firearm or ammunition?",
    ),
    Fact(
        "charges[].patronizing",
        _B,
        "the charge is about patronizing, not about offering",
        "court record",
        (),
        "Is the charge about patronizing?",
    ),
    Fact(
        "charges[].sentence_years",
        _I,
        "length of the sentence imposed, in whole years",
        "court record",
        (),
        "How many years?",
    ),
)

FACTS: dict[str, Fact] = {f.name: f for f in _FACTS}
CASE_FACTS: tuple[Fact, ...] = tuple(f for f in _FACTS if not f.of_charge and f.name != "charges_complete")
CHARGE_FACTS: dict[str, Fact] = {f.field: f for f in _FACTS if f.of_charge}
GROUPS: tuple[str, ...] = ("request", "person", "release", "agency")

#: Keys a case may carry that are not facts of the law.
ENVELOPE: tuple[str, ...] = (
    "id",
    "place",
    "at",
    "charges",
    "charges_complete",
    "custodian",
    "decided",
    *GROUPS,
)


def nearest(name: str, known: Iterable[str]) -> str:
    """A suffix for an error: ``; nearest: a, b`` or the empty string."""
    near = difflib.get_close_matches(name, list(dict.fromkeys(known)), n=3, cutoff=0.5)
    return f"; nearest: {', '.join(near)}" if near else ""
