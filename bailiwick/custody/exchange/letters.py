"""Letters of alarm: queued with their alarm, claimed before they are handed over, noted as soon as the mail server has them.

No system can do both, hand a letter to a mail server and note that it did, as one deed: SMTP has no way to ask afterwards. So the
attempt is committed first. Where one has no end, because the process died in between, the letter goes again (one that is lost is
worse than one that comes twice), under the same Message-ID, and its first line says that it may have come before.
"""

from __future__ import annotations

import secrets
import smtplib
import socket
import time
from datetime import datetime, timedelta

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import models, transaction
from django.db.models import F, Q

from bailiwick.custody.acting import Actor, note, plain
from bailiwick.custody.exchange.handing import note_at_once
from bailiwick.custody.models import Agency, Alarm, Letter
from bailiwick.record.log import body_of

#: How long to wait after each try that failed or has no end; after the last one the letter is given up.
PAUSES = (
    *(timedelta(minutes=n) for n in (1, 1, 2, 5, 10, 30)),
    *(timedelta(hours=n) for n in (1, 2, 5, 10)),
)
#: The mail server answered, or was never reached: it has not got the letter.
_NOT_TAKEN = (
    smtplib.SMTPResponseException,
    smtplib.SMTPRecipientsRefused,
    ConnectionRefusedError,
    socket.gaierror,
)
#: Refusals of one letter; the server may take the next one.
_THIS_ONE = (smtplib.SMTPRecipientsRefused, smtplib.SMTPSenderRefused, smtplib.SMTPDataError)
_INTERRUPTED = "interrupted; whether it went out is not known"

#: One statement: noted in the table and in the record, or neither; run twice it does nothing the second time.
_SENT = """
WITH sent AS (
    UPDATE custody_letter SET sent_at = %s, begun_at = NULL, given_up_at = NULL, last_answer = ''
    WHERE id = %s AND sent_at IS NULL RETURNING id
)
INSERT INTO record_event (at, agency_id, actor, kind, subject, body) SELECT %s, %s, %s, %s, %s, %s FROM sent
"""


def queue(alarm: Alarm, address: str) -> Letter:
    """A letter about an alarm, to go out as soon as may be. Inside the transaction that raises the alarm."""
    return Letter.objects.create(agency=alarm.agency, alarm=alarm, address=address, next_at=alarm.at)


def deliver_due(now: datetime, most: int = 200) -> int:
    """Hand over what waits and whose time has come, the oldest first. Returns how many the mail server took.

    Where the server itself does not answer the sweep ends; the letters after that one wait for the next.
    """
    begun, sent = time.monotonic(), 0
    for _ in range(most):
        letter = _claim(now + timedelta(seconds=int(time.monotonic() - begun)))
        if letter is None:
            break
        error = _hand_over(letter)
        if error is None:
            sent += 1
        elif not isinstance(error, _THIS_ONE):
            break
    return sent


def _claim(now: datetime) -> Letter | None:
    """The next letter, with an attempt that is committed before anything leaves. One that was tried for too long is given up."""
    while True:
        with transaction.atomic():
            letter = (
                Letter.objects.select_for_update(skip_locked=True, of=("self",))
                .filter(sent_at=None, given_up_at=None, next_at__lte=now)
                .select_related("agency", "alarm__due__booking", "alarm__due__subpoena")
                .order_by("next_at", "pk")
                .first()
            )
            if letter is None:
                return None
            if letter.begun_at is not None:  # an attempt without an end
                letter.unsure_at, letter.last_answer = letter.begun_at, _INTERRUPTED
            if letter.tries > len(PAUSES):
                _give_up(letter, now)
                continue
            letter.begun_at, letter.next_at = now, now + PAUSES[min(letter.tries, len(PAUSES) - 1)]
            letter.tries += 1
            letter.save()
            return letter


def _hand_over(letter: Letter) -> Exception | None:
    """One try. Returns what went wrong."""
    assert letter.begun_at is not None
    actor = Actor(letter.agency, letter.begun_at, how="job")
    subject = _subject(letter)
    said = {
        "letter": letter.pk, "alarm": letter.alarm_id, "due": letter.alarm.due_id, "address": letter.address,
        "try": letter.tries, "interrupted_at": letter.unsure_at, "how": actor.how,
    }  # fmt: skip
    kind, about = "letter.sent", f"{subject._meta.model_name}/{subject.pk}"
    body = body_of(
        kind, about, plain(said),
        agency=actor.agency.pk, actor=actor.name, at=actor.at, salt=secrets.token_hex(16),
    )  # fmt: skip
    noted = [actor.at, letter.pk, actor.at, actor.agency.pk, actor.name, kind, about, body]
    message = write(letter)
    try:
        if message.send() != 1:
            raise ConnectionRefusedError("the mail server took nothing")
    except Exception as error:  # whatever a mail backend raises must hold up no other letter
        _failed(letter, error, actor.at)
        return error
    note_at_once(_SENT, noted)
    return None


def write(letter: Letter) -> EmailMessage:
    """The letter. It names the booking's number and nobody; sent again it is the same letter, and mail programs show it once."""
    alarm, zone = letter.alarm, letter.agency.tz
    due = alarm.due
    file = f"Booking {due.booking.number}" if due.booking else "The desk"
    when = f"{due.due_at.astimezone(zone):%Y-%m-%d %H:%M %Z}" if due.due_at else "as soon as possible"
    before = ""
    if letter.unsure_at is not None:
        before = (
            f"This letter may have come before: sending it at {letter.unsure_at.astimezone(zone):%Y-%m-%d %H:%M %Z} was "
            "interrupted before it was known whether it had gone out. It is the same alarm.\n\n"
        )
    return EmailMessage(
        f"{alarm.get_stage_display()}: {file}",
        f"{before}{file}: {due.what}.\nDue: {when}.\n{due.cite}\n\n{letter.agency.name}",
        settings.DEFAULT_FROM_EMAIL,
        [letter.address],
        headers={"Message-ID": f"<alarm-{alarm.pk}@bailiwick.{letter.agency_id}>"},
    )


@transaction.atomic
def _failed(letter: Letter, error: Exception, at: datetime) -> None:
    letter.last_answer = (" ".join(str(error).split()) or type(error).__name__)[:300]
    if isinstance(error, _NOT_TAKEN):
        letter.begun_at = None
    if letter.tries > len(PAUSES):
        _give_up(letter, at)
        return
    letter.save(update_fields=["last_answer", "begun_at"])


def _give_up(letter: Letter, now: datetime) -> None:
    letter.given_up_at = now
    letter.save()
    note(
        Actor(letter.agency, now, how="job"), "letter.given_up", _subject(letter),
        letter=letter.pk, alarm=letter.alarm_id, address=letter.address, tries=letter.tries, answer=letter.last_answer,
    )  # fmt: skip


def _subject(letter: Letter) -> models.Model:
    due = letter.alarm.due
    return due.booking or due.subpoena or due


def to_look_at(agency: Agency) -> models.QuerySet[Letter]:
    """Letters tried and not yet gone, given up, or gone again after an interruption: those first that wait."""
    tried = Q(sent_at=None, tries__gt=0) | Q(unsure_at__isnull=False)
    return (
        Letter.objects.filter(tried, agency=agency)
        .select_related("alarm__due__booking")
        .order_by(F("sent_at").desc(nulls_first=True), "-pk")
    )
