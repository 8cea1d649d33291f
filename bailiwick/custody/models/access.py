"""Who logged in or tried to, and the weekly look at that log (CJIS Security Policy AU-2, AU-6)."""

from __future__ import annotations

from django.db import models

from bailiwick.custody.models.agencies import Agency, OfAgency, User


class LogIn(models.Model):
    """One try to log in, as typed. `agency` and `user` are empty where nobody has that name."""

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    user = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="log_ins")
    username = models.CharField(max_length=150)
    at = models.DateTimeField()
    succeeded = models.BooleanField()
    address = models.GenericIPAddressField(null=True, blank=True)
    #: password, second factor, identity provider, screen lock.
    how = models.CharField(max_length=40)

    class Meta:
        indexes = [
            models.Index(fields=["username", "-at"], name="login_username"),
            models.Index(fields=["agency", "-at"], name="login_agency"),
        ]


class LogReview(OfAgency):
    """Somebody looked through a week of the log. `[from_at, to_at)`, UTC."""

    from_at = models.DateTimeField()
    to_at = models.DateTimeField()
    reviewed_at = models.DateTimeField()
    reviewed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    says = models.TextField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["agency", "from_at"], name="log_review_week")]
