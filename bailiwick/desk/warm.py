"""What a web worker loads when it starts, so that nobody waits for it: the addresses, the lawbook, what makes a PDF."""

from __future__ import annotations

import gc
import logging
import os
import threading
from collections.abc import Callable

from django.conf import settings
from django.urls import get_resolver

from bailiwick.engine.lawbook import default_lawbook

#: Seconds that a fork waits at most for the loading to end; the child then has what the parent has.
LONGEST = 10.0

_log = logging.getLogger(__name__)


def _addresses() -> None:
    """Import every page."""
    len(get_resolver().url_patterns)


def _papers() -> None:
    """Load WeasyPrint and the fonts. The public pages alone print nothing."""
    if settings.HAS_DATABASE:
        from bailiwick.papers.pdf import warm

        warm()


def _evidence() -> None:
    """What the public pages show of the shipped release and its people."""
    from bailiwick.desk.public.evidence import prepare

    prepare()


STEPS: tuple[tuple[str, Callable[[], object]], ...] = (
    ("the addresses", _addresses),
    ("the lawbook", default_lawbook),
    ("what makes a PDF", _papers),
    ("the public figures", _evidence),
)


def load() -> None:
    """Take every step. One that fails is written to the log and fails again, with its answer, where it is needed."""
    for name, step in STEPS:
        try:
            step()
        except Exception:
            _log.warning("%s could not be loaded when the worker started", name, exc_info=True)
    # What is loaded stays: looking through it for rubbish, over and over, takes a tenth of a second each time.
    gc.collect()
    gc.freeze()


def start() -> threading.Thread:
    """Load in a thread of its own: the worker answers meanwhile, and ends without waiting for it.

    A server that loads the application once and forks its workers gives them what is loaded: a fork waits for the thread, up to
    `LONGEST` seconds, because no thread lives on in a child.
    """
    thread = threading.Thread(target=load, name="warm-up", daemon=True)

    def ended() -> None:
        if threading.current_thread() is not thread:
            thread.join(LONGEST)

    thread.start()
    os.register_at_fork(before=ended)
    return thread
