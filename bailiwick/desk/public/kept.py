"""Parts of public pages that are the same for everybody, kept once made: nothing of who asks is in them."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any

from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language

#: Parts remembered in a process; the one not used for longest is forgotten first.
MOST = 200

_made: OrderedDict[Hashable, SafeString] = OrderedDict()
_lock = threading.Lock()


def kept(template: str, key: Hashable, context: Callable[[], dict[str, Any]]) -> SafeString:
    """The part of a page, in the language of the reader.

    key: what the part is made of, with the lawbook's version; nothing else that varies may be in the context, which is
        worked out only when the part is new.
    """
    whole = (template, get_language(), key)
    with _lock:
        if found := _made.get(whole):
            _made.move_to_end(whole)
            return found
    made = render_to_string(template, context())
    with _lock:
        _made[whole] = made
        if len(_made) > MOST:
            _made.popitem(last=False)
    return made
