"""Make the fonts of the papers: `python tools/make_fonts.py [FONTS]`, after `apt-get install fonts-noto-core fonts-noto-cjk`.

Reads Noto (SIL Open Font License) from FONTS, by default where Debian puts fonts, and writes subsets to bailiwick/papers/fonts:
Latin with Vietnamese, Greek and Cyrillic; Arabic; simplified Chinese with the first level of GB 2312, in two files; Korean with
the syllables of KS X 1001. Bold Chinese holds the characters of our own texts only: what a jail fills in is never set in bold.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

HERE = Path(__file__).parents[1]
TEXTS = HERE / "bailiwick/papers/texts"
FONTS = HERE / "bailiwick/papers/fonts"
MOST = 1_400_000
#: What shapes letters and sets their marks.
FEATURES = [
    "ccmp",
    "locl",
    "mark",
    "mkmk",
    "kern",
    "init",
    "medi",
    "fina",
    "rlig",
    "calt",
    "ljmo",
    "vjmo",
    "tjmo",
]

LATIN = [
    *range(0x20, 0x7F), *range(0xA0, 0x250), *range(0x2B0, 0x370), *range(0x370, 0x400), *range(0x400, 0x530),
    *range(0x1E00, 0x2000), *range(0x2010, 0x2028), *range(0x2030, 0x205F), *range(0x2070, 0x20C0), *range(0x2100, 0x2150),
    0x2212, 0xFFFD,
]  # fmt: skip
ARABIC = [
    *range(0x600, 0x700),
    *range(0x750, 0x780),
    0x20,
    0xA0,
    0x200C,
    0x200D,
    *range(0xFB50, 0xFE00),
    *range(0xFE70, 0xFF00),
]


def rows(encoding: str, first: int, last: int) -> set[int]:
    """The characters of some rows of a 94 by 94 set, numbered as in its EUC form."""
    out = set()
    for row in range(first, last + 1):
        for cell in range(0xA1, 0xFF):
            try:
                out.add(ord(bytes([row, cell]).decode(encoding)))
            except (UnicodeDecodeError, TypeError):
                continue
    return out


def of_texts() -> set[int]:
    return {ord(c) for path in TEXTS.glob("*.yaml") for c in path.read_text(encoding="utf-8")}


def wide(characters: Iterable[int]) -> set[int]:
    """Those that Latin fonts lack: Chinese, Korean, their punctuation and full-width forms."""
    return {c for c in characters if c >= 0x1100 and not 0x1E00 <= c < 0x2E80}


def cut(
    source: Path, number: int, characters: Iterable[int], target: Path, name: str, family: str = ""
) -> None:
    font = TTFont(source, fontNumber=number, lazy=True)
    options = subset.Options(
        layout_features=FEATURES,
        name_IDs=[0, 1, 2, 3, 4, 5, 6, 13, 14],
        hinting=False,
        notdef_outline=True,
        # bailiwick.papers.tags reads off them which letter a shape of Arabic is
        glyph_names="Arabic" in source.name,
        drop_tables=["DSIG", "vhea", "vmtx", "VORG"],
    )
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=sorted({0x20, 0xA0, *characters}))
    cutter.subset(font)
    if family:  # two files of one family would be taken for one font
        for record in font["name"].names:
            if record.nameID in (1, 4, 16):
                record.string = family
            elif record.nameID == 6:
                record.string = family.replace(" ", "") + "-Regular"
        table = font["CFF "].cff
        table.fontNames = [family.replace(" ", "") + "-Regular"]
        table.topDictIndex[0].FamilyName = table.topDictIndex[0].FullName = family
    font.save(target)
    size = target.stat().st_size
    print(f"{target.name}: {name}, {len(font.getBestCmap()):,} characters, {size:,} bytes")
    if size > MOST:
        sys.exit(f"{target.name}: expected at most {MOST:,} bytes, found {size:,}")


def main(fonts: Path) -> None:
    noto, cjk = fonts / "truetype/noto", fonts / "opentype/noto"
    FONTS.mkdir(exist_ok=True)
    own = of_texts()
    marks = {*range(0x3000, 0x3040), *range(0xFF00, 0xFF61)}
    chinese = wide(rows("gb2312", 0xB0, 0xD7) | marks)
    korean = wide(rows("euc_kr", 0xB0, 0xC8) | marks | set(range(0x3131, 0x318F)))
    own_chinese = wide({ord(c) for c in (TEXTS / "zh.yaml").read_text(encoding="utf-8")}) | marks
    own_korean = wide({ord(c) for c in (TEXTS / "ko.yaml").read_text(encoding="utf-8")})
    for weight in ("Regular", "Bold"):
        bold = weight == "Bold"
        latin = [*LATIN, *(c for c in own if c < 0x250)]
        cut(noto / f"NotoSans-{weight}.ttf", 0, latin, FONTS / f"NotoSans-{weight}.ttf", "Latin")
        cut(
            noto / f"NotoNaskhArabic-{weight}.ttf",
            0,
            ARABIC,
            FONTS / f"NotoNaskhArabic-{weight}.ttf",
            "Arabic",
        )
        if bold:
            cut(cjk / "NotoSansCJK-Bold.ttc", 2, own_chinese, FONTS / "NotoSansCJKsc-Bold.otf", "Chinese")
        else:
            first = own_chinese | wide(rows("gb2312", 0xB0, 0xBF)) | marks
            for part, some in ((1, first), (2, chinese - first)):
                target = FONTS / f"NotoSansCJKsc-Regular-{part}.otf"
                family = "" if part == 1 else "Noto Sans CJK SC 2"
                cut(cjk / "NotoSansCJK-Regular.ttc", 2, some, target, "Chinese", family)
        # Whole in bold too: fontconfig passes over a font that lacks the language.
        both = korean | own_korean
        cut(cjk / f"NotoSansCJK-{weight}.ttc", 1, both, FONTS / f"NotoSansCJKkr-{weight}.otf", "Korean")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path("/usr/share/fonts"))
