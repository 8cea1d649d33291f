"""Write docs/images from real commands, as a terminal shows them.

python docs/make_images.py            write the pictures
python docs/make_images.py --check    say which differ, and end with 1 if any does
"""

from __future__ import annotations

import errno
import fcntl
import os
import pty
import re
import struct
import subprocess
import sys
import termios
from io import StringIO
from pathlib import Path
from typing import NamedTuple

from rich._export_format import CONSOLE_SVG_FORMAT
from rich.console import Console
from rich.terminal_theme import TerminalTheme
from rich.text import Text

HERE = Path(__file__).parent
ROOT = HERE.parent
#: One dark neutral on white: outcomes are neither good nor bad.
THEME = TerminalTheme(
    (255, 255, 255), (27, 27, 27), [(27, 27, 27)] * 8, [(113, 118, 122), *[(27, 27, 27)] * 7]
)


class Picture(NamedTuple):
    """A command, the width of its terminal, and the words of the line before which the picture ends."""

    command: str
    columns: int
    until: str


PICTURES = {"decision.svg": Picture("bailiwick decide demo/case.json", 104, "WHAT YOU OWE OTHERS")}


def on_terminal(command: str, columns: int) -> str:
    """What a command writes to a terminal of that width, escape codes included."""
    reader, writer = pty.openpty()
    fcntl.ioctl(writer, termios.TIOCSWINSZ, struct.pack("HHHH", 50, columns, 0, 0))
    kept = {
        k: v for k, v in os.environ.items() if k not in ("COLUMNS", "LINES", "NO_COLOR", "FORCE_COLOR", "CI")
    }
    environment = kept | {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "TERM": "xterm-256color",
        "LC_ALL": "C.UTF-8",
    }
    process = subprocess.Popen(
        command.split(), cwd=ROOT, stdin=subprocess.DEVNULL, stdout=writer, env=environment
    )
    os.close(writer)
    chunks = []
    while True:
        try:
            chunk = os.read(reader, 65536)
        except OSError as error:
            if error.errno != errno.EIO:
                raise
            break
        if not chunk:
            break
        chunks.append(chunk)
    os.close(reader)
    if process.wait() != 0:
        sys.exit(f"{command}: ended with {process.returncode}")
    return b"".join(chunks).decode("utf-8").replace("\r\n", "\n")


def drawn(name: str, picture: Picture) -> str:
    """The picture as SVG, with the reader's own monospace font: nothing is fetched."""
    shown = on_terminal(picture.command, picture.columns)
    text = Text.from_ansi(shown)
    lines = text.split("\n")
    end = next((i for i, line in enumerate(lines) if picture.until.lower() in line.plain.lower()), len(lines))
    console = Console(record=True, width=picture.columns, file=StringIO(), force_terminal=True)
    for line in lines[:end]:
        console.print(line, soft_wrap=True)
    template = re.sub(r"@font-face \{\{.*?\}\}\n", "", CONSOLE_SVG_FORMAT, flags=re.DOTALL)
    template = re.sub(r" *<!--.*?-->\n", "", template)
    template = template.replace("Fira Code, monospace", "ui-monospace, Menlo, Consolas, monospace")
    svg = console.export_svg(
        title=f"$ {picture.command}", theme=THEME, code_format=template, unique_id=name.removesuffix(".svg")
    )
    svg = re.sub(r" *<circle [^>]*/>\n", "", svg)
    return re.sub(r"[ \t]+$", "", svg, flags=re.MULTILINE)


def main() -> None:
    made = {HERE / "images" / name: drawn(name, picture) for name, picture in PICTURES.items()}
    stale = [p for p, svg in made.items() if not p.exists() or p.read_text(encoding="utf-8") != svg]
    if "--check" in sys.argv[1:]:
        for path in stale:
            print(f"{path.relative_to(ROOT)}: out of date; run: make docs")
        sys.exit(1 if stale else 0)
    for path in stale:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(made[path], encoding="utf-8")


if __name__ == "__main__":
    main()
