"""The decision: what may we do with this request? Answers, questions, what is owed, what would change it, and who signs."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from typing import Any, NamedTuple

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, URLResolver, path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from bailiwick.custody import deciding, files
from bailiwick.custody.errors import Refused
from bailiwick.custody.models import Answer, Due, Paper, Request, Scan, User
from bailiwick.custody.rights import allowed, may
from bailiwick.desk.clock import now
from bailiwick.desk.fact_words import changes_words
from bailiwick.desk.forms.decision import CHARGES, CheckForm, QuestionsForm, SignForm, askable, field_name
from bailiwick.desk.forms.file import GiveForm
from bailiwick.desk.pages.common import (
    Abilities,
    actor_of,
    address,
    looked,
    refuse,
    request_of,
    user_of,
    version_of,
)
from bailiwick.desk.pages.home import row
from bailiwick.desk.refusal_words import refusal_words
from bailiwick.desk.standing import standing
from bailiwick.engine.facts import ACTIONS, FACTS, NOTICE_ONLY_FORMS, Outcome

#: Actions that stand on the page whatever the answer; the others where a rule speaks to them.
MAIN = ("hold", "notify_release", "transfer")
#: What a person signs for, and always answers: the actions a request of that kind asks for.
SIGNED = MAIN
_WAYS = 3
#: Facts that stand on the paper or follow from the file, and are changed there.
_ON_PAPER = frozenset(
    {"custodian", "person.age", "person.citizen_claim", "release.eligible_at", "request.served_on_person"}
)


class Reason(NamedTuple):
    """A sentence of law that decided, with its citation and since when it is in force (`2018-01-04`, or empty)."""

    says: str
    cite: str
    since: str
    unverified: bool


class Row(NamedTuple):
    """One action: its answer, the sentences that decided, those that let this case go, and the facts still missing."""

    action: str
    outcome: str
    because: list[Reason]
    excepted: list[dict[str, Any]]
    missing: list[str]
    possible: list[str]
    choice: str


@require_safe
@allowed("see_files")
def decision(request: HttpRequest, pk: int) -> HttpResponse:
    """What may we do with this request?"""
    ask = request_of(request, pk)
    looked(request, ask.booking, "decision")
    return page(request, ask)


def page(request: HttpRequest, ask: Request, **sent: forms.Form) -> HttpResponse:
    """The whole page; `sent` holds a form that was not taken, to be shown with its errors."""
    booking, at = ask.booking, now()
    answers = list(ask.answers.prefetch_related("signatures__user").order_by("-at", "-pk"))
    answer = next((one for one in answers if one.superseded_at is None), None) or (
        answers[0] if answers else None
    )
    if answer is None:
        raise Http404
    stands = answer.superseded_at is None and booking.left_at is None
    rows, silent = _rows(answer)
    missing = _missing(rows)
    charges = [fact for fact in missing if fact in CHARGES or (fact in FACTS and FACTS[fact].of_charge)]
    asked = askable(missing)
    signatures = list(answer.signatures.all())
    user = user_of(request)
    dues = list(
        Due.objects.filter(request=ask, done_at=None, void_at=None)
        .select_related("booking__person", "owner", "subpoena")
        .order_by("due_at", "since", "pk")
    )
    printed = list(Paper.objects.filter(request=ask, given_at=None).defer("pdf", "text").order_by("pk"))
    shown = {
        "ask": ask,
        "booking": booking,
        "agency": ask.agency,
        "tz": ask.agency.tz,
        "at": at,
        "stands_sentence": standing(booking, at),
        "answer": answer,
        "stands": stands,
        "rows": rows,
        "silent": silent,
        "first_question": next(iter(missing), ""),
        "more_questions": max(0, len(missing) - 1),
        "counsel_norms": [fact.removeprefix("norm:") for fact in missing if fact.startswith("norm:")],
        "ask_charges": (bool(charges) or "check" in sent) and stands,
        "check": sent.get("check") or CheckForm(auto_id="check_%s"),
        "questions": sent.get("questions")
        or QuestionsForm(facts=asked, agency=ask.agency, now=at, initial={}),
        "has_questions": bool(asked) and stands,
        "change": sent.get("change") or _change_form(ask, answer, asked, at),
        "changing": "change" in sent,
        "owed": _owed(answer),
        "dues": [row(due, at, user) for due in dues],
        "clocks": answer.decision["clocks"],
        "changes": list(_changes(answer)),
        "facts": _facts(answer),
        "law": _law(rows),
        "earlier": [one for one in answers if one.pk != answer.pk],
        "signatures": signatures,
        "sign": sent.get("sign") or SignForm(actions=_signed(answer, ask)),
        "can_sign": stands and answer.chosen is None and may(user, "sign"),
        "can_second": _can_second(answer, signatures, user, stands),
        "needs_second": bool(answer.needs_second) and len(signatures) < 2,
        "form": next(iter(sent.values()), None),
        "version": booking.version,
        "scans": Scan.objects.filter(request=ask).defer("content").order_by("pk"),
        "papers_url": address("papers", booking.pk),
        "to_print": sorted({due.paper for due in dues if due.paper}) if may(user, "print_papers") else [],
        "printed": [(paper, address("paper-pdf", paper.pk)) for paper in printed],
        "give": sent.get("give") or GiveForm(agency=ask.agency, now=at, initial={"to": str(booking.person)}),
        "notice_only": ask.form in NOTICE_ONLY_FORMS,
        "may": Abilities(user),
    }  # fmt: skip
    return render(request, "desk/decision.html", shown)


# ------------------------------------------------------------------------------------------------- what is shown


def _rows(answer: Answer) -> tuple[list[Row], list[str]]:
    """The actions a rule speaks to (and the main ones), and the names of those no rule speaks to."""
    since, excepted = answer.law.get("since", {}), answer.law.get("excepted", {})
    chosen = answer.chosen or {}
    rows, silent = [], []
    for action, found in _in_order(answer):
        if found["outcome"] == Outcome.UNREGULATED and action not in MAIN and not excepted.get(action):
            silent.append(action)
            continue
        because = [
            Reason(one["says"], one["cite"], since.get(one["norm"], ""), one["standing"] != "seen")
            for one in found["because"]
        ]
        rows.append(
            Row(
                action, found["outcome"], because, excepted.get(action, []), found["missing"],
                found["possible"], chosen.get(action, ""),
            )
        )  # fmt: skip
    return rows, silent


def _in_order(answer: Answer) -> list[tuple[str, dict[str, Any]]]:
    """The actions in the order of the vocabulary: the database keeps none."""
    actions = answer.decision["actions"]
    return [(name, actions[name]) for name in ACTIONS if name in actions]


def _missing(rows: Iterable[Row]) -> list[str]:
    """What is missing, what the main actions wait for first."""
    ordered = sorted(rows, key=lambda one: one.action not in MAIN)
    return list(dict.fromkeys(fact for one in ordered for fact in one.missing))


def _owed(answer: Answer) -> list[dict[str, Any]]:
    """Duties to the person or their lawyer, in the order of the law."""
    return [duty for duty in answer.decision["duties"] if duty["to"] in ("person", "lawyer")]


def _changes(answer: Answer) -> Iterable[tuple[str, str, list[str]]]:
    """For an action and another outcome, the smallest changes of fact that lead there, in words."""
    for action, found in _in_order(answer):
        ways: dict[str, list[str]] = {}
        for one in found["would_change"]:
            ways.setdefault(one["outcome"], []).append(changes_words(one["change"]))
        for outcome, texts in ways.items():
            yield action, outcome, list(islice(texts, _WAYS))


def _facts(answer: Answer) -> list[tuple[str, Any]]:
    """The facts of the case the answer was given on: name and value."""
    case = answer.case
    out: list[tuple[str, Any]] = []
    for fact in FACTS:
        group, dot, name = fact.partition(".")
        value = case.get(group, {}).get(name) if dot and isinstance(case.get(group), dict) else case.get(fact)
        if value is not None and not fact.startswith("charges[]"):
            out.append((fact, value))
    return out


def _law(rows: Iterable[Row]) -> list[Reason]:
    found = {reason.cite: reason for one in rows for reason in one.because}
    for one in rows:
        for norm in one.excepted:
            found.setdefault(norm["cite"], Reason(norm["says"], norm["cite"], "", False))
    return list(found.values())


def _signed(answer: Answer, ask: Request) -> dict[str, str]:
    """Actions that are signed for, with the answer to each."""
    actions = answer.decision["actions"]
    asked = [name for name in SIGNED if not (name == "hold" and ask.form in NOTICE_ONLY_FORMS)]
    return {name: actions[name]["outcome"] for name in asked}


def _can_second(answer: Answer, signatures: list[Any], user: User, stands: bool) -> bool:
    return (
        stands
        and answer.chosen is not None
        and bool(answer.needs_second)
        and len(signatures) == 1
        and signatures[0].user_id != user.pk
        and may(user, "sign_second")
    )


# --------------------------------------------------------------------------------------------------- what is done


@require_POST
@allowed("answer_questions")
def say(request: HttpRequest, pk: int) -> HttpResponse:
    """Answer the questions; the request is answered again at once."""
    ask = request_of(request, pk)
    answer = Answer.objects.filter(request=ask, superseded_at=None).first()
    asked = askable(_missing(_rows(answer)[0])) if answer else []
    given = askable(
        name.removeprefix("fact_").replace("__", ".") for name in request.POST if name.startswith("fact_")
    )
    form = QuestionsForm(
        request.POST, facts=list(dict.fromkeys([*asked, *given])), agency=ask.agency, now=now()
    )
    if not form.is_valid():
        return page(request, ask, questions=form)
    said = form.said()
    if not said:
        messages.info(request, _("Nothing was answered: what is not known yet stays open."))
        return redirect("decision", pk=pk)
    try:
        deciding.say_all(actor_of(request), ask, said, version=version_of(request))
    except Refused as refused:
        refuse(form, refused)
        ask.booking.refresh_from_db(fields=["version"])
        return page(request, ask, questions=form)
    return redirect("decision", pk=pk)


@require_POST
@allowed("answer_questions")
def change(request: HttpRequest, pk: int) -> HttpResponse:
    """Answer again what was answered before, or what would change the answer; "not known yet" takes an answer back."""
    ask = request_of(request, pk)
    facts = askable(_fact(name) for name in request.POST if name.startswith("change-fact_"))
    form = QuestionsForm(request.POST, facts=facts, agency=ask.agency, now=now(), prefix="change")
    if not form.is_valid():
        return page(request, ask, change=form)
    said = form.changed(ask.facts)
    if said:
        try:
            deciding.say_all(actor_of(request), ask, said, version=version_of(request))
        except Refused as refused:
            refuse(form, refused)
            ask.booking.refresh_from_db(fields=["version"])
            return page(request, ask, change=form)
    return redirect("decision", pk=pk)


def _fact(field: str) -> str:
    return field.removeprefix("change-").removeprefix("fact_").replace("__", ".")


def _change_form(ask: Request, answer: Answer, asked: list[str], at: Any) -> QuestionsForm:
    """What was answered, and what would change the answer if it were otherwise, apart from the questions still open."""
    levers = {
        part["fact"]
        for found in answer.decision["actions"].values()
        for one in found["would_change"]
        for part in one["change"]
    }
    known = dict.fromkeys([*ask.facts, *(fact for fact in FACTS if fact in levers)])
    facts = [fact for fact in askable(known) if fact not in asked and fact not in _ON_PAPER]
    initial = {field_name(fact): ask.facts.get(fact) for fact in facts}
    return QuestionsForm(facts=facts, agency=ask.agency, now=at, prefix="change", initial=initial)


@require_POST
@allowed("answer_questions")
def check(request: HttpRequest, pk: int) -> HttpResponse:
    """Write down what a record check shows, and answer the other questions of the page with it."""
    ask = request_of(request, pk)
    answer = Answer.objects.filter(request=ask, superseded_at=None).first()
    asked = askable(_missing(_rows(answer)[0])) if answer else []
    form = CheckForm(request.POST, auto_id="check_%s")
    questions = QuestionsForm(request.POST, facts=asked, agency=ask.agency, now=now())
    if not (form.is_valid() and questions.is_valid()):
        return page(request, ask, **({"check": form} if form.errors else {"questions": questions}))
    charge, whole, said = form.charge(), form.cleaned_data["charges_complete"], questions.said()
    if charge is None and whole is None and not said:
        messages.info(request, _("Nothing was answered: what is not known yet stays open."))
        return redirect("decision", pk=pk)
    actor = actor_of(request)
    try:
        with transaction.atomic():
            version = version_of(request)
            if charge is not None:
                files.add_charge(actor, ask.booking, version=version, **charge)
                version = None
            if whole is not None:
                files.know_record(actor, ask.booking, whole, version=version)
                version = None
            if said:
                deciding.say_all(actor, ask, said, version=version)
    except Refused as refused:
        refuse(form, refused)
        ask.booking.refresh_from_db(fields=["version"])
        return page(request, ask, check=form)
    return redirect("decision", pk=pk)


@require_POST
@allowed("sign")
def sign(request: HttpRequest, pk: int) -> HttpResponse:
    """Sign what is done about each action."""
    ask = request_of(request, pk)
    answer = Answer.objects.filter(request=ask, superseded_at=None).first()
    if answer is None:
        raise Http404
    form = SignForm(request.POST, actions=_signed(answer, ask))
    if not form.is_valid():
        return page(request, ask, sign=form)
    if request.POST.get("answer") != str(answer.pk):
        form.add_error(
            None, _("The answer changed while the page was open. Read it as it stands now, then sign.")
        )
        return page(request, ask, sign=form)
    try:
        deciding.sign(actor_of(request), answer, form.chosen(), reason=form.cleaned_data["reason"])
    except Refused as refused:
        refuse(form, refused)
        return page(request, ask, sign=form)
    messages.success(request, _("Signed."))
    return redirect("decision", pk=pk)


@require_POST
@allowed("sign_second")
def second(request: HttpRequest, pk: int) -> HttpResponse:
    """Sign as the second person."""
    ask = request_of(request, pk)
    answer = Answer.objects.filter(request=ask, superseded_at=None).first()
    if answer is None or request.POST.get("answer") != str(answer.pk):
        messages.error(request, _("The answer changed while the page was open. Read it as it stands now."))
        return redirect("decision", pk=pk)
    try:
        deciding.second(actor_of(request), answer, reason=request.POST.get("reason", "")[:4000])
    except Refused as refused:
        messages.error(request, refusal_words(refused))
    else:
        messages.success(request, _("Signed as second person."))
    return redirect("decision", pk=pk)


@require_POST
@allowed("print_papers")
def print_all(request: HttpRequest, pk: int) -> HttpResponse:
    """Print every paper this request owes, in the person's language; one printed already and not given is not printed again."""
    from bailiwick.papers import printing

    ask, actor = request_of(request, pk), actor_of(request)
    dues = Due.objects.filter(request=ask, done_at=None, void_at=None).exclude(paper="")
    waiting = set(Paper.objects.filter(request=ask, given_at=None).values_list("paper", flat=True))
    for name in sorted(set(dues.values_list("paper", flat=True)) - waiting):
        try:
            printing.print_paper(actor, printing.asked_for(actor, name, request=ask))
        except Refused as refused:
            messages.error(request, refusal_words(refused))
    return redirect(f"{address('decision', pk)}#papers")


@require_POST
@allowed("print_papers")
def give_all(request: HttpRequest, pk: int) -> HttpResponse:
    """The papers that were printed were given: to whom, how and when."""
    from bailiwick.papers import printing

    ask, actor = request_of(request, pk), actor_of(request)
    form = GiveForm(request.POST, agency=ask.agency, now=now())
    if not form.is_valid():
        return page(request, ask, give=form)
    data = form.cleaned_data
    try:
        with transaction.atomic():
            for paper in Paper.objects.filter(request=ask, given_at=None).order_by("pk"):
                printing.give(actor, paper, to=data["to"], how=data["how"], at=data["at"])
    except Refused as refused:
        refuse(form, refused)
        return page(request, ask, give=form)
    messages.success(request, _("Written down: the papers were given."))
    return redirect("decision", pk=pk)


urlpatterns: list[URLPattern | URLResolver] = [
    path("requests/<int:pk>", decision, name="decision"),
    path("requests/<int:pk>/say", say, name="decision_say"),
    path("requests/<int:pk>/change", change, name="decision_change"),
    path("requests/<int:pk>/check", check, name="decision_check"),
    path("requests/<int:pk>/sign", sign, name="decision_sign"),
    path("requests/<int:pk>/second", second, name="decision_second"),
    path("requests/<int:pk>/print", print_all, name="decision_print"),
    path("requests/<int:pk>/give", give_all, name="decision_give"),
]
