"""One section of a Markdown page, replaced by title; the rest of the page stays as it is."""

from __future__ import annotations

import re
from pathlib import Path


def write_section(path: Path, title: str, text: str) -> None:
    """Put ``text`` under the heading ``## title`` of a page: in its place if it is there, else at the end."""
    section = f"## {title}\n\n{text.strip()}\n"
    page = path.read_text(encoding="utf-8") if path.exists() else ""
    found = re.search(rf"^## {re.escape(title)}\n.*?(?=^## |\Z)", page, re.MULTILINE | re.DOTALL)
    if found:
        tail = page[found.end() :]
        page = page[: found.start()] + section + ("\n" + tail if tail else "")
    else:
        page = (page.rstrip() + "\n\n" if page.strip() else "") + section
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(page, encoding="utf-8")
