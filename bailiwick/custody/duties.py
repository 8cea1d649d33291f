"""What the law's duties mean at the desk: which paper carries one, and which choice brings it about."""

from __future__ import annotations

from typing import NamedTuple


class Task(NamedTuple):
    """`paper` is a name in bailiwick.papers, '' where no paper of ours carries the duty; `when` is the action that must have
    been chosen before the duty arises, '' when it arises with the request."""

    paper: str
    when: str


_TASKS = {
    "us:detainer/copy": Task("copy_of_request", "hold"),
    "us/ca:truth-act/consent-form": Task("consent_to_interview", "interview"),
    "us/ca:truth-act/copy": Task("copy_of_request", ""),
    "us/ca:truth-act/intent": Task("statement_of_intent", ""),
    "us/ca:truth-act/mirror-notice": Task("release_notice_person", "notify_release"),
    "us/ca:truth-act/mirror-notice-to-lawyer": Task("release_notice_lawyer", "notify_release"),
    "us/ca:values-act/state-prison-consent-form": Task("consent_to_interview", "interview"),
    "us/ca:values-act/state-prison-copy": Task("copy_of_request", ""),
    "us/co:hb1124/advise-before-interview": Task("consent_to_interview", "interview"),
    "us/co:hb1124/written-advisement": Task("consent_to_interview", "interview"),
    "us/nj:itd/notice-of-request": Task("copy_of_request", ""),
    "us/nj:itd/interview-form": Task("consent_to_interview", "interview"),
    "us/tx:sb4/tell-the-person": Task("statement_of_intent", "hold"),
    "courts/gonzalez:neutral-review": Task("", "hold"),
    "us/ny/new-york-city:9-131/search": Task("", "hold"),
    "us/ny/new-york-city:14-154/search": Task("", "hold"),
    "us/ny/new-york-city:9-205/search": Task("", "hold"),
}


def task(duty: str) -> Task:
    """What a duty of the lawbook means at the desk; one we do not know is shown as it stands and never dropped."""
    return _TASKS.get(duty, Task("", ""))
