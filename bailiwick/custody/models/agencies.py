"""Agencies and the people who work in them."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from django.contrib.auth.models import AbstractUser
from django.db import models


class Agency(models.Model):
    """A custodian: one jail, prison, lockup, probation department or court, at one place.

    `place` is a path of the lawbook, `custodian` one of its custodians, `zone` an IANA time zone.
    """

    name = models.CharField(max_length=200)
    place = models.CharField(max_length=200)
    custodian = models.CharField(max_length=20)
    zone = models.CharField(max_length=60)
    address = models.TextField(blank=True)
    telephone = models.CharField(max_length=60, blank=True)
    #: Whom a person may call about their file, as printed on the papers.
    contact = models.CharField(max_length=200, blank=True)
    alarm_email = models.EmailField(blank=True)
    #: Days after release until a closed file is sealed; None keeps it open to view.
    seal_after_days = models.PositiveIntegerField(null=True, blank=True)
    #: Proposals and other choices of the installation, by name; docs/reference/settings.md.
    settings = models.JSONField(default=dict, blank=True)

    class Meta:
        verbose_name_plural = "agencies"

    def __str__(self) -> str:
        return self.name

    @property
    def tz(self) -> ZoneInfo:
        return ZoneInfo(self.zone)


class OfAgency(models.Model):
    """Belongs to one agency: what row-level security in the database goes by."""

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")

    class Meta:
        abstract = True


class Role(models.TextChoices):
    CLERK = "clerk", "Clerk"
    SUPERVISOR = "supervisor", "Supervisor"
    COUNSEL = "counsel", "Counsel"
    AUDITOR = "auditor", "Auditor"
    REPORTER = "reporter", "Reporter"
    ADMINISTRATOR = "administrator", "Administrator"


class User(AbstractUser):
    """Somebody who signs. Without an agency: no file can be seen."""

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, null=True, blank=True, related_name="users")
    role = models.CharField(max_length=20, choices=Role.choices, default=Role.REPORTER)
    #: Reads the concern line of the agency; nobody else does.
    compliance_officer = models.BooleanField(default=False)
    #: May see sealed and juvenile files.
    sees_sealed = models.BooleanField(default=False)
    #: Locked after too many failed log-ins, until an administrator releases it (CJIS Security Policy AC-7).
    locked_at = models.DateTimeField(null=True, blank=True)
    #: When an administrator last released the lock: failures before it no longer count.
    released_at = models.DateTimeField(null=True, blank=True)
    #: Given by an administrator; must be changed at the next log-in (IA-5).
    password_temporary = models.BooleanField(default=False)
    last_active_at = models.DateTimeField(null=True, blank=True)
    interface_language = models.CharField(max_length=10, default="en")

    def __str__(self) -> str:
        return self.get_full_name() or self.username
