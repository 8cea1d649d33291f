"""The engine's answer to a request, the questions it leaves, and who signs what is done. Answers are stored whole."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db import transaction

from bailiwick.custody import clocks
from bailiwick.custody.acting import Actor, note, opened
from bailiwick.custody.duties import task
from bailiwick.custody.errors import Quoted, Refused
from bailiwick.custody.models import Answer, Booking, Charge, Due, Request, Signature
from bailiwick.engine.case import BadCase, read_case
from bailiwick.engine.change import fact_question
from bailiwick.engine.decide import Decision, decide
from bailiwick.engine.excepted import excepted, in_force_since
from bailiwick.engine.facts import ACTIONS, FACTS
from bailiwick.engine.lawbook import Lawbook, default_lawbook

#: What a person may choose about an action.
CHOICES = ("honor", "decline")
#: Actions whose open questions keep a request on the list of those that wait for a fact.
ASKED = ("hold", "notify_release", "transfer")


def lawbook() -> Lawbook:
    """The lawbook this process answers from."""
    return default_lawbook()


# ---------------------------------------------------------------------------------------------------- the case


def case_of(request: Request, at: datetime) -> dict[str, Any]:
    """The facts of a request as a case (`bailiwick facts`); what is not known is left out."""
    booking = request.booking
    agency = request.agency
    day = at.astimezone(agency.tz).date()
    facts: dict[str, Any] = {
        "custodian": agency.custodian,
        "request.kind": request.kind,
        "request.form": request.form or None,
        "request.received_at": _instant(request.received_at),
        "request.warrant": request.warrant or None,
        "request.signed": request.signed,
        "request.complete": request.complete,
        "request.served_on_person": request.served_at is not None,
        "request.basis": request.basis,
        "person.age": _age(booking.person.birth_date, day),
        "release.eligible_at": _instant(booking.t0) if booking.t0 else None,
        "charges_complete": booking.charges_complete,
        **_citizenship(booking),
    }
    said = {**agency.settings.get("facts", {}), **booking.facts, **request.facts}
    facts.update({name: value for name, value in said.items() if value is not None})
    case: dict[str, Any] = {"place": agency.place, "at": _instant(at)}
    for name, value in facts.items():
        if value is not None:
            where = case
            *groups, last = name.split(".")
            for group in groups:
                where = where.setdefault(group, {})
            where[last] = value
    charges = [_charge(charge, day) for charge in booking.charges.order_by("pk")]
    if charges or booking.charges_complete is not None:
        case["charges"] = charges
        # A list that nobody has called whole may be part of the record only.
        case.setdefault("charges_complete", False)
    return case


def _citizenship(booking: Booking) -> dict[str, Any]:
    claims = list(booking.citizen_claims.all())
    if not claims:
        return {}
    findings = {claim.finding for claim in claims}
    proof = True if "proof" in findings else None if "" in findings else False
    return {"person.citizen_claim": True, "person.citizen_proof": proof}


def _charge(charge: Charge, day: date) -> dict[str, Any]:
    texts = ("statute", "code_system", "code", "description", "status", "grade")
    marks = ("wobbler", "serious", "violent", "state_prison", "indictable")
    row: dict[str, Any] = {name: getattr(charge, name) or None for name in texts}
    row |= {name: getattr(charge, name) for name in marks}
    row["class"] = charge.degree or None
    row["convicted_on"] = charge.convicted_on.isoformat() if charge.convicted_on else None
    row |= charge.facts
    if charge.convicted_on and charge.convicted_on > day:  # a record from before such days were refused
        row |= {"status": None, "convicted_on": None}
    return {name: value for name, value in row.items() if value is not None}


def _age(born: date | None, on: date) -> int | None:
    if born is None or born > on:
        return None
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _decide(
    case: Mapping[str, Any], proposals: tuple[str, ...] = (), *, would_change: bool = True
) -> Decision:
    book = lawbook()
    return decide(read_case(case, book.places), book, proposals, would_change=would_change)


# -------------------------------------------------------------------------------------------------- the answer


@transaction.atomic
def answer(actor: Actor, request: Request) -> Answer:
    """Ask the engine now. The answer is stored when anything in it differs from the one that stands; a signature stays with the
    answer it was given to, so a changed answer must be signed again. Clocks and duties become things due."""
    case = case_of(request, actor.at)
    book = lawbook()
    decided = _decide(case)
    decision = decided.to_json()
    standing = Answer.objects.select_for_update().filter(request=request, superseded_at=None).first()
    if standing is not None and _stands(standing, decision):
        found = standing
        if standing.decision["clocks"] != decision["clocks"]:
            note(actor, "clocks.set", request.booking, answer=standing.pk, clocks=decision["clocks"])
        _void_what_fell_away(actor, standing, decision)
    else:
        if standing is not None:
            standing.superseded_at = actor.at
            standing.save(update_fields=["superseded_at"])
            clocks.void(actor, request.booking, "second", request)
            clocks.void(actor, request.booking, "sign", request)
            _void_what_fell_away(actor, standing, decision)
        law = {
            "since": in_force_since(decided),
            "excepted": excepted(read_case(case, book.places), book),
        }
        found = Answer.objects.create(
            agency=actor.agency,
            booking=request.booking,
            request=request,
            at=actor.at,
            lawbook=decision["lawbook"],
            case=case,
            decision=decision,
            law=law,
        )
        note(
            actor,
            "answer.given",
            request.booking,
            answer=found.pk,
            request=request.pk,
            lawbook=decision["lawbook"],
            case=case,
            decision=decision,
            law=law,
        )
        signed = standing is not None and standing.chosen is not None
        clocks.owe(
            actor,
            kind=Due.Kind.SIGN,
            booking=request.booking,
            request=request,
            source="sign",
            what="the answer changed after it was signed: read it and sign again"
            if signed
            else "read the answer and sign what is done",
            since=actor.at,
        )
    owe_what_follows(actor, found, decision)
    return found


def _void_what_fell_away(actor: Actor, before: Answer, decision: Mapping[str, Any]) -> None:
    """Duties and clocks that the law no longer sets in this case are not due any more."""
    left = {one["id"] for part in ("duties", "clocks") for one in decision[part]}
    for one in (*before.decision["duties"], *before.decision["clocks"]):
        if one["id"] not in left:
            clocks.void(actor, before.booking, one["id"], before.request)


def _stands(standing: Answer, now: Mapping[str, Any]) -> bool:
    """Whether an answer still says what the law says now. A signed one stands while every action is as it was under the same
    lawbook and nothing more is owed: a duty that was done falls away and takes no signature with it."""
    before = standing.decision
    if any(before.get(key) != now.get(key) for key in ("actions", "lawbook")):
        return False
    if standing.chosen is None:
        return bool(before["duties"] == now["duties"])
    owed = {duty["id"] for duty in before["duties"]}
    return all(duty["id"] in owed for duty in now["duties"])


def again(actor: Actor, booking: Booking) -> None:
    """The file changed: work T0 out again, answer every open request again, keep the release clock."""
    clocks.set_t0(actor, booking)
    for request in booking.requests.filter(withdrawn_at=None, answers__isnull=False).distinct():
        answer(actor, request)
    clocks.settle(actor, booking)


def clocks_at(found: Answer, t0: datetime) -> list[dict[str, Any]]:
    """The clocks of an answer's case that run from T0, with this T0."""
    case = {**found.case, "release": {**found.case.get("release", {}), "eligible_at": _instant(t0)}}
    running = _decide(case, would_change=False).to_json()["clocks"]
    second = timedelta(seconds=1)
    return [
        clock
        for clock in running
        if clock["from"]
        and "T" in clock["from"]
        and abs(datetime.fromisoformat(clock["from"]) - t0) < second
        and not clock.get("missing")
    ]


def owe_what_follows(actor: Actor, found: Answer, decision: Mapping[str, Any]) -> None:
    """Turn duties, clocks, open questions and conflicts of an answer into things due."""
    request, booking = found.request, found.booking
    chosen = found.chosen or {}
    for duty in decision["duties"]:
        job = task(duty["id"])
        missing = [fact for fact in duty.get("missing", ()) if not fact.startswith("norm:")]
        if (job.when and chosen.get(job.when) != "honor") or missing:
            # What may turn out to be owed is a question of the page, not a task. A duty whose text nobody has verified is one:
            # doing it harms nobody.
            clocks.void(actor, booking, duty["id"], request)
            continue
        clocks.owe(
            actor,
            kind=Due.Kind.PAPER if job.paper else Due.Kind.NOTICE,
            booking=booking,
            request=request,
            source=duty["id"],
            what=duty["what"],
            cite=duty["cite"],
            paper=job.paper,
            since=request.received_at,
            due_at=datetime.fromisoformat(duty["due"]) if duty["due"] else None,
            once=True,
        )
    for clock in decision["clocks"]:
        due = datetime.fromisoformat(clock["due"]) if clock["due"] else None
        if (
            due is not None
            and booking.t0 is not None
            and due < booking.t0
            and chosen.get("notify_release") == "honor"
        ):
            clocks.owe(
                actor,
                kind=Due.Kind.NOTICE,
                booking=booking,
                request=request,
                source=clock["id"],
                what=clock["what"],
                cite=clock["cite"],
                since=request.received_at,
                due_at=due,
                once=True,
            )
    _owe_questions(actor, found, decision)


def _owe_questions(actor: Actor, found: Answer, decision: Mapping[str, Any]) -> None:
    actions = decision["actions"]
    missing = {fact for action in ASKED if action in actions for fact in actions[action]["missing"]}
    counsel = any(actions[action]["outcome"] == "conflict" for action in actions)
    counsel = counsel or any(fact.startswith("norm:") for fact in missing)
    facts = sorted(fact for fact in missing if not fact.startswith("norm:"))
    for kind, source, wanted, what in (
        (
            Due.Kind.FACT,
            "facts",
            bool(facts),
            " ".join(fact_question(fact) for fact in facts),
        ),
        (Due.Kind.COUNSEL, "counsel", counsel, "rules conflict or a reading must be chosen: ask counsel"),
    ):
        if wanted:
            clocks.owe(
                actor,
                kind=kind,
                booking=found.booking,
                request=found.request,
                source=source,
                what=what,
                since=found.request.received_at,
            )
        else:
            clocks.void(actor, found.booking, source, found.request)


def say(actor: Actor, request: Request, fact: str, value: Any, *, version: int | None = None) -> Answer:
    """Answer one of the engine's questions; None takes an answer back. The request is answered again.

    Raises:
        Refused: no such fact, a value of another kind, or one that belongs to a charge.
    """
    return say_all(actor, request, {fact: value}, version=version)


@transaction.atomic
def say_all(actor: Actor, request: Request, said: Mapping[str, Any], *, version: int | None = None) -> Answer:
    """Answer several of the engine's questions at once: fact to value. The request is answered again, once.

    Raises:
        Refused: as `say`; then none of them is taken.
    """
    held = opened(actor, request.booking, version)
    for fact in said:
        if fact not in FACTS or FACTS[fact].of_charge:
            raise Refused(
                "Fact: expected one of a request or person (see the list of facts), found '%(fact)s'.",
                fact=fact,
            )
    request = Request.objects.select_for_update().get(pk=request.pk)
    if request.withdrawn_at is not None:
        raise Refused("This request was withdrawn: nothing is to be answered about it any more.")
    before, request.facts = request.facts, {**request.facts, **said}
    try:
        _decide(case_of(request, actor.at), would_change=False)
    except BadCase as error:
        raise Quoted(str(error)) from None
    request.save(update_fields=["facts"])
    for fact, value in said.items():
        note(actor, "fact.said", held, request=request.pk, fact=fact, value=value, before=before.get(fact))
    found = answer(actor, request)
    clocks.settle(actor, held)
    return found


# ------------------------------------------------------------------------------------------------- signatures


@transaction.atomic
def sign(actor: Actor, found: Answer, chosen: Mapping[str, str], *, reason: str = "") -> Answer:
    """A person signs what is done about each action. A hold, and any departure from the answer, needs a second person;
    a departure also a written reason.

    Raises:
        Refused: nobody signs, the answer no longer stands or is signed, a hold where it is forbidden or where a claim of
            citizenship waits for review, a departure without a reason.
    """
    if actor.user is None:
        raise Refused("Signing: expected a person, found none.")
    held = opened(actor, found.booking)
    found = Answer.objects.select_for_update().get(pk=found.pk)
    if found.superseded_at is not None:
        raise Refused("This answer no longer stands: a fact changed. Open the new one.")
    if found.chosen is not None:
        raise Refused("This answer has been signed already.")
    strange = [a for a, choice in chosen.items() if a not in ACTIONS or choice not in CHOICES]
    if strange or not chosen:
        raise Refused(
            "Choices: expected actions with %(choices)s, found %(strange)s.",
            choices=" or ".join(CHOICES),
            strange=", ".join(strange) or "none",
        )
    outcomes = {a: found.decision["actions"][a]["outcome"] for a in chosen}
    if chosen.get("hold") == "honor":
        if outcomes["hold"] == "forbidden":
            raise Refused("A hold can't be recorded: the law here forbids it on this request.")
        if held.citizen_claims.filter(reviewed_at=None).exists():
            raise Refused("A hold can't be recorded while a claim of U.S. citizenship waits for review.")
    departures = [a for a, choice in chosen.items() if departs(outcomes[a], choice)]
    if departures and not reason.strip():
        raise Refused(
            "This departs from the answer on %(departures)s: write why in a sentence.",
            departures=", ".join(departures),
        )
    second = sorted({*departures, *(["hold"] if chosen.get("hold") == "honor" else [])})
    found.chosen, found.needs_second, found.departure_reason = dict(chosen), second, reason
    found.save(update_fields=["chosen", "needs_second", "departure_reason"])
    _signature(actor, found, Signature.Place.FIRST, reason)
    note(
        actor,
        "answer.signed",
        held,
        answer=found.pk,
        chosen=dict(chosen),
        departures=departures,
        reason=reason,
        needs_second=second,
    )
    for due in Due.objects.filter(request=found.request, source="sign", done_at=None, void_at=None):
        clocks.done(actor, due, how=f"signed by {actor.name}")
    if second:
        clocks.owe(
            actor,
            kind=Due.Kind.SECOND,
            booking=held,
            request=found.request,
            source="second",
            what=f"a second person must sign: {', '.join(second)}",
            since=actor.at,
            due_at=actor.at,
        )
    _after(actor, found, held)
    return found


@transaction.atomic
def second(actor: Actor, found: Answer, *, reason: str = "") -> Answer:
    """The second person agrees."""
    if actor.user is None:
        raise Refused("Signing: expected a person, found none.")
    held = opened(actor, found.booking)
    found = Answer.objects.select_for_update().get(pk=found.pk)
    if found.superseded_at is not None:
        raise Refused("This answer no longer stands: a fact changed. Open the new one.")
    if found.chosen is None or not found.needs_second:
        raise Refused("This answer needs no second person.")
    if found.signatures.filter(place=Signature.Place.SECOND).exists():
        raise Refused("A second person has signed already.")
    if found.signatures.filter(user=actor.user).exists():
        raise Refused("The second person must be another one than the first.")
    _signature(actor, found, Signature.Place.SECOND, reason)
    note(actor, "answer.seconded", held, answer=found.pk, reason=reason)
    for due in Due.objects.filter(request=found.request, source="second", done_at=None, void_at=None):
        clocks.done(actor, due, how=f"signed by {actor.name}")
    _after(actor, found, held)
    return found


def departs(outcome: str, choice: str) -> bool:
    """Whether a choice is another than the answer leaves open. What is unknown or in conflict may be declined, not honored."""
    if choice == "honor":
        return outcome in ("forbidden", "unknown", "conflict")
    return outcome == "required"


def _signature(actor: Actor, found: Answer, place: str, reason: str) -> None:
    assert actor.user is not None
    Signature.objects.create(
        agency=actor.agency,
        answer=found,
        user=actor.user,
        place=place,
        at=actor.at,
        role=actor.user.role,
        reason=reason,
    )


def _after(actor: Actor, found: Answer, booking: Booking) -> None:
    owe_what_follows(actor, found, found.decision)
    clocks.settle(actor, booking)
