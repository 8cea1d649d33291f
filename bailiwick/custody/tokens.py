"""Tokens that let a program act as a user. Shown once; only their SHA-256 is kept."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from django.db import transaction

from bailiwick.custody.acting import Actor, note
from bailiwick.custody.errors import Refused
from bailiwick.custody.models import ApiToken, User

#: Begins every token, so that one found where it does not belong is recognised.
PREFIX = "bailiwick_"
#: Use is written down at most this often.
NOTED_EVERY = timedelta(minutes=1)


@transaction.atomic
def make(actor: Actor, *, name: str) -> tuple[ApiToken, str]:
    """A token of the acting user, and its text, which is not kept.

    Raises:
        Refused: without a user or a name.
    """
    if actor.user is None:
        raise Refused("A token: expected a person to make it for, found none.")
    name = name.strip()
    if not name or len(name) > 120:
        raise Refused("A token: expected a name of 1 to 120 characters, found %(length)s.", length=len(name))
    text = PREFIX + secrets.token_urlsafe(32)
    token = ApiToken.objects.create(
        agency=actor.agency, user=actor.user, name=name, token_hash=_hash(text), made_at=actor.at
    )
    note(actor, "token.made", token, name=name)
    return token, text


@transaction.atomic
def revoke(actor: Actor, token: ApiToken) -> ApiToken:
    """From now on the token is worth nothing. Its user may do this, and an administrator of the agency.

    Raises:
        Refused: another agency's token.
    """
    held = ApiToken.objects.select_for_update().filter(pk=token.pk, agency=actor.agency).first()
    if held is None:
        raise Refused("This token belongs to another agency.")
    if held.revoked_at is None:
        held.revoked_at = actor.at
        held.save(update_fields=["revoked_at"])
        note(actor, "token.revoked", held, name=held.name)
    return held


def find(text: str, at: datetime) -> ApiToken | None:
    """The token of this text with its user, None where it is unknown or revoked or its user may not log in.

    Runs where the session may look for tokens of every agency: `seeing(LOGGING_IN)`.
    """
    if not text.startswith(PREFIX):
        return None
    token = (
        ApiToken.objects.select_related("user", "user__agency")
        .filter(token_hash=_hash(text), revoked_at=None)
        .first()
    )
    if token is None or not token.user.is_active or token.user.locked_at is not None:
        return None
    if token.last_used_at is None or at - token.last_used_at >= NOTED_EVERY:
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=at)
        User.objects.filter(pk=token.user_id).update(last_active_at=at)
    return token


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
