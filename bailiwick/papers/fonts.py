"""The fonts of the papers: those in the package and no other, whatever the machine has."""

from __future__ import annotations

import functools
import os
import tempfile
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

#: Families in the order in which a character is looked for.
FAMILIES = ("Noto Sans", "Noto Naskh Arabic", "Noto Sans CJK SC", "Noto Sans CJK SC 2", "Noto Sans CJK KR")
#: What stands for a character that cannot be printed.
REPLACED = "\ufffd"


def folder() -> Path:
    return Path(str(files("bailiwick.papers") / "fonts"))


@contextmanager
def _only_ours() -> Iterator[None]:
    """While this lasts, fontconfig finds the package's fonts and nothing of the system's. What it read of them stays in
    memory: the folder of its settings is gone afterwards."""
    before = os.environ.get("FONTCONFIG_FILE")
    with tempfile.TemporaryDirectory(prefix="bailiwick-fonts-") as kept:
        config = Path(kept) / "fonts.conf"
        config.write_text(
            '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>'
            f"<dir>{escape(str(folder()))}</dir><cachedir>{escape(kept)}</cachedir></fontconfig>",
            encoding="utf-8",
        )
        os.environ["FONTCONFIG_FILE"] = str(config)
        try:
            yield
        finally:
            if before is None:
                del os.environ["FONTCONFIG_FILE"]
            else:
                os.environ["FONTCONFIG_FILE"] = before


@functools.cache
def configuration() -> Any:
    """WeasyPrint's configuration of fonts, made once in a process: about 0.1 s."""
    with _only_ours():
        from weasyprint.text.fonts import FontConfiguration

        return FontConfiguration()


@functools.cache
def covered() -> frozenset[int]:
    """Every character that a regular font of the package has."""
    from fontTools.ttLib import TTFont

    found: set[int] = set()
    for path in sorted(folder().glob("*-Regular*")):
        with TTFont(path, lazy=True) as font:
            found |= set(font.getBestCmap())
    return frozenset(found)


def unprintable(text: str) -> str:
    """The characters of a text that cannot be printed as they are, each once: no font has them, or they steer what stands
    around them (controls, changes of direction)."""
    known = covered()
    out = {
        c
        for c in text
        if c != "\n" and (ord(c) not in known or unicodedata.category(c) in ("Cc", "Cf", "Co", "Cs", "Cn"))
    }
    return "".join(sorted(out))


@functools.cache
def letters_of(style: str) -> dict[int, str]:
    """Of the Arabic font (`Regular` or `Bold`): number of each glyph to the letters it is a shape of, by its name."""
    from fontTools import agl
    from fontTools.ttLib import TTFont

    with TTFont(folder() / f"NotoNaskhArabic-{style}.ttf", lazy=True) as font:
        names = font.getGlyphOrder()
    read = ((number, agl.toUnicode(name.partition(".")[0])) for number, name in enumerate(names))
    return {number: unicodedata.normalize("NFKC", text) for number, text in read if text}


@functools.cache
def brackets_of(style: str) -> dict[int, str]:
    """Of the Latin font (`Regular` or `Bold`): number of each glyph that turns round from right to left, to what it shows."""
    from fontTools.ttLib import TTFont

    with TTFont(folder() / f"NotoSans-{style}.ttf", lazy=True) as font:
        return {
            font.getGlyphID(name): chr(code)
            for code, name in font.getBestCmap().items()
            if unicodedata.mirrored(chr(code))
        }
