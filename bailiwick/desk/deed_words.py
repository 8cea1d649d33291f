"""What was done and what it was done to, in a few words each: the names of the record's events as the log shows them."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

#: Kind of event to its words. Every kind that the program appends stands here; a test reads the code for them.
DEEDS: dict[str, str | Promise] = {
    "account.changed": _("account changed"),
    "account.disabled": _("account disabled, unused too long"),
    "account.factor_added": _("second factor added"),
    "account.factor_removed": _("second factor removed"),
    "account.factor_reset": _("second factor renewed"),
    "account.factors_removed": _("second factors removed by an administrator"),
    "account.locked": _("account locked"),
    "account.log_in": _("log-in"),
    "account.log_out": _("log-out"),
    "account.made": _("account made"),
    "account.password_changed": _("password changed"),
    "account.password_set": _("password set by an administrator"),
    "account.released": _("account unlocked"),
    "agency.changed": _("settings of the agency changed"),
    "alarm.raised": _("alarm raised"),
    "answer.given": _("answer of the lawbook"),
    "answer.seconded": _("answer signed as second person"),
    "answer.signed": _("answer signed"),
    "booking.made": _("booking made"),
    "booking.sealed": _("file sealed"),
    "charge.added": _("charge added"),
    "charge.changed": _("charge changed"),
    "citizenship.claimed": _("claim of citizenship written down"),
    "citizenship.reviewed": _("claim of citizenship reviewed"),
    "clocks.set": _("clocks set anew"),
    "concern.answered": _("concern answered"),
    "concern.received": _("concern received"),
    "departure.recorded": _("departure recorded"),
    "due.done": _("what was due is done"),
    "due.missed": _("what was due was missed"),
    "due.set": _("something became due"),
    "due.void": _("something is due no longer"),
    "export.made": _("export made"),
    "fact.said": _("question answered"),
    "file.corrected": _("file corrected"),
    "file.seen": _("file looked at"),
    "file.viewed": _("file read by a program"),
    "ground.ended": _("ground ended"),
    "ground.opened": _("ground opened"),
    "import.begun": _("import begun"),
    "import.finished": _("import finished"),
    "import.row_put_down": _("row of an import put down"),
    "import.row_taken": _("row of an import taken"),
    "import.trial_finished": _("trial of an import finished"),
    "import.tried": _("import tried"),
    "letter.given_up": _("letter of alarm given up"),
    "letter.sent": _("letter of alarm sent"),
    "log.reviewed": _("week of the log reviewed"),
    "mapping.saved": _("columns of an import saved"),
    "paper.given": _("paper given"),
    "paper.printed": _("paper printed"),
    "paper.viewed": _("paper looked at"),
    "person.changed": _("what is written of the person changed"),
    "record.known": _("list of charges said to be whole or not"),
    "request.received": _("request received"),
    "request.served": _("copy of the request given"),
    "request.withdrawn": _("request withdrawn"),
    "scan.attached": _("scan kept"),
    "subpoena.answered": _("subpoena answered"),
    "subpoena.received": _("subpoena received"),
    "subpoena.telling": _("whether the person may be told of a subpoena recorded"),
    "subpoena.to_counsel": _("subpoena handed to counsel"),
    "t0.set": _("T0 set"),
    "token.made": _("token made"),
    "token.revoked": _("token revoked"),
    "translation.signed": _("translation signed"),
    "translation.withdrawn": _("sign-off of a translation taken back"),
    "webhook.changed": _("webhook changed"),
    "webhook.given_up": _("delivery to a webhook given up"),
    "webhook.made": _("webhook made"),
    "webhook.secret_renewed": _("secret of a webhook renewed"),
    "webhook.tried_again": _("delivery to a webhook tried again"),
}

#: Name of a table, as an event's subject has it, to its words.
THINGS: dict[str, str | Promise] = {
    "agency": _("agency"),
    "apitoken": _("token"),
    "booking": _("booking"),
    "concern": _("concern"),
    "due": _("thing due"),
    "importmapping": _("columns of an import"),
    "importrow": _("row of an import"),
    "importrun": _("import"),
    "logreview": _("review of the log"),
    "person": _("person"),
    "request": _("request"),
    "subpoena": _("subpoena"),
    "translationreview": _("sign-off of a translation"),
    "user": _("account"),
    "webhook": _("webhook"),
    "webhookdelivery": _("delivery to a webhook"),
}


def deed(kind: str) -> str:
    """`paper given`; a kind that an older version wrote is shown by its name."""
    return str(DEEDS.get(kind, kind.replace(".", ": ").replace("_", " ")))


def thing(table: str) -> str:
    """`thing due`."""
    return str(THINGS.get(table, table))


def kinds_like(asked: str) -> list[str]:
    """The kinds whose words, in the language of the page, or whose name have this text in them."""
    wanted = asked.strip().casefold()
    name = wanted.replace(" ", "_")
    return [kind for kind in DEEDS if wanted in deed(kind).casefold() or name in kind]
