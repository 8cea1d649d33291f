"""The concern line: reports without log-in, read by the agency's own compliance officer and nobody else."""

from __future__ import annotations

from django.db import models

from bailiwick.custody.models.agencies import OfAgency


class Concern(OfAgency):
    """A confidential report. Neither address nor browser of who sent it is kept; the receipt code only as a hash."""

    receipt_hash = models.CharField(max_length=64, unique=True)
    #: `held_past_limit`, `notice_not_given` or `other`.
    about = models.CharField(max_length=40)
    says = models.TextField()
    received_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)
    answer = models.TextField(blank=True)
