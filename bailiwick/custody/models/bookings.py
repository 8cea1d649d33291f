"""A person in custody: bookings, the grounds that keep them there, charges."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Concat, Lower

from bailiwick.custody.models.agencies import OfAgency

#: Letters that names are typed without: what follows is written in place of what stands above it.
_ACCENTED = "ÁÀÂÄÃÅÉÈÊËÍÌÎÏÓÒÔÖÕØÚÙÛÜÑÇÝáàâäãåéèêëíìîïóòôöõøúùûüñçý"
_PLAIN = "aaaaaaeeeeiiiioooooouuuuncyaaaaaaeeeeiiiioooooouuuuncy"


def name_key(name: str) -> str:
    """A name as it is searched by: small letters, no accents. The database makes the same of what is stored."""
    return name.translate(str.maketrans(_ACCENTED, _PLAIN)).lower()


def _key(first: str, second: str) -> models.GeneratedField:
    return models.GeneratedField(
        expression=Lower(
            Func(
                Concat(F(first), Value(" "), F(second)),
                Value(_ACCENTED),
                Value(_PLAIN),
                function="translate",
                output_field=models.TextField(),
            )
        ),
        output_field=models.TextField(db_collation="C"),
        db_persist=True,
    )


class Person(OfAgency):
    """Somebody booked by this agency. Never linked across agencies.

    `birthplace` and `citizenship_said` stay empty where the law of the place forbids to ask: the forms have no such field there.
    """

    family_name = models.CharField(max_length=120)
    given_name = models.CharField(max_length=120)
    birth_date = models.DateField(null=True, blank=True)
    #: ISO 639-1 code of the language the person reads.
    language = models.CharField(max_length=10, default="en")
    birthplace = models.CharField(max_length=120, blank=True)
    citizenship_said = models.CharField(max_length=120, blank=True)
    lawyer_name = models.CharField(max_length=200, blank=True)
    lawyer_contact = models.CharField(max_length=200, blank=True)
    #: The one other person to be told, whom the person chose.
    designated_name = models.CharField(max_length=200, blank=True)
    designated_contact = models.CharField(max_length=200, blank=True)
    #: What the name is found by, family name first and given name first.
    family_first = _key("family_name", "given_name")
    given_first = _key("given_name", "family_name")

    class Meta:
        indexes = [
            models.Index(fields=["agency", "family_first", "id"], name="person_family_first"),
            models.Index(fields=["agency", "given_first", "id"], name="person_given_first"),
            models.Index(fields=["agency", "birth_date", "id"], name="person_birth_date"),
        ]

    def __str__(self) -> str:
        return f"{self.given_name} {self.family_name}"


class Booking(OfAgency):
    """One stay. `t0` is the moment the last ground ended (UTC), None while a ground is open.

    `version` rises with each change: two clerks who edit one file are told, and neither loses.
    """

    #: Compared byte by byte, so that the beginning of a number is found by the index.
    number = models.CharField(max_length=40, db_collation="C")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="bookings")
    booked_at = models.DateTimeField()
    t0 = models.DateTimeField(null=True, blank=True)
    left_at = models.DateTimeField(null=True, blank=True)
    #: None: not known whether the charges listed are the whole record.
    charges_complete = models.BooleanField(null=True, default=None)
    #: Answers given to the engine's questions: fact name to value.
    facts = models.JSONField(default=dict, blank=True)
    juvenile = models.BooleanField(default=False)
    sealed_at = models.DateTimeField(null=True, blank=True)
    sealed_because = models.TextField(blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["agency", "number"], name="booking_number")]
        indexes = [
            models.Index(fields=["agency", "-booked_at"], name="booking_newest"),
            models.Index(
                fields=["agency", "t0"],
                name="booking_must_be_free",
                condition=Q(t0__isnull=False, left_at=None),
            ),
            models.Index(fields=["person"], name="booking_person"),
        ]

    def __str__(self) -> str:
        return self.number


class Ground(OfAgency):
    """Why the person is kept: a charge without bond, a warrant, a sentence. Ends by itself at `ends_at`, or when recorded."""

    class Kind(models.TextChoices):
        ARREST = "arrest", "Arrest"
        CHARGE = "charge", "Criminal charge"
        WARRANT = "warrant", "Warrant of a judge"
        SENTENCE = "sentence", "Sentence"
        PROBATION = "probation_hold", "Probation hold"
        PAROLE = "parole_warrant", "Parole warrant"
        FUGITIVE = "fugitive_warrant", "Fugitive warrant"
        INTERSTATE = "interstate_detainer", "Interstate detainer"
        MILITARY = "military_deserter", "Military deserter"
        OTHER = "other", "Other order"

    booking = models.ForeignKey(Booking, on_delete=models.PROTECT, related_name="grounds")
    kind = models.CharField(max_length=24, choices=Kind.choices)
    says = models.CharField(max_length=300, blank=True)
    opened_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_how = models.CharField(max_length=300, blank=True)

    class Meta:
        indexes = [models.Index(fields=["booking"], name="ground_booking")]


class Charge(OfAgency):
    """A charge or conviction, in the words of a case's `charges` (bailiwick facts). None is unknown."""

    booking = models.ForeignKey(Booking, on_delete=models.PROTECT, related_name="charges")
    statute = models.CharField(max_length=200, blank=True)
    code_system = models.CharField(max_length=40, blank=True)
    code = models.CharField(max_length=60, blank=True)
    description = models.CharField(max_length=300, blank=True)
    status = models.CharField(max_length=20, blank=True)
    grade = models.CharField(max_length=20, blank=True)
    degree = models.CharField(max_length=40, blank=True)
    wobbler = models.BooleanField(null=True)
    serious = models.BooleanField(null=True)
    violent = models.BooleanField(null=True)
    state_prison = models.BooleanField(null=True)
    indictable = models.BooleanField(null=True)
    convicted_on = models.DateField(null=True, blank=True)
    #: Every other fact of a charge, by its name without `charges[].`.
    facts = models.JSONField(default=dict, blank=True)

    class Meta:
        indexes = [models.Index(fields=["booking"], name="charge_booking")]


class ChargeStatus(OfAgency):
    """What a charge's status was, from when."""

    charge = models.ForeignKey(Charge, on_delete=models.PROTECT, related_name="history")
    status = models.CharField(max_length=20, blank=True)
    grade = models.CharField(max_length=20, blank=True)
    since = models.DateTimeField()
