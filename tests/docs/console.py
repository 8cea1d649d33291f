"""Commands a page shows, with what they print, and files it tells the reader to write: read, run, compared.

A block ``console`` (or ``console exit=1``) holds commands after ``$ `` and under each the lines it prints. A
line ``...`` stands for any lines, ``...`` at the end of a line for its rest. The last command of a block ends
with the block's status, the others with 0. A block ``yaml file=law/x.yaml`` is written to that file.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[2]
_BLOCK = re.compile(r"^```(?P<kind>\w+)(?P<options>[^\n]*)\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass
class Command:
    """One command of a page and what the page says of it."""

    where: str
    text: str
    status: int
    needs: str
    typed: str | None = None
    expected: list[str] = field(default_factory=list)


def commands(page: Path) -> list[Command]:
    """The commands of a page in order."""
    text = page.read_text(encoding="utf-8")
    found: list[Command] = []
    for block in _BLOCK.finditer(text):
        options = dict(o.split("=") for o in block["options"].split())
        first = text.count("\n", 0, block.start()) + 2
        if "file" in options:
            where = f"{page.relative_to(ROOT)}:{first}"
            found.append(
                Command(
                    where,
                    f"mkdir -p $(dirname {options['file']}); cat > {options['file']}",
                    0,
                    "",
                    block["body"],
                )
            )
            continue
        if block["kind"] != "console":
            continue
        here: list[Command] = []
        for offset, line in enumerate(block["body"].splitlines()):
            if line.startswith("$ "):
                where = f"{page.relative_to(ROOT)}:{first + offset}"
                here.append(Command(where, line[2:], 0, options.get("needs", "")))
            elif here[-1].text.endswith("\\") and not here[-1].expected and line.startswith("> "):
                here[-1].text += "\n" + line[2:]
            else:
                here[-1].expected.append(line)
        here[-1].status = int(options.get("exit", 0))
        found += here
    return found


def workplace(folder: Path) -> Path:
    """A folder in which a reader's commands run: the demo's files and the law files, to copy from."""
    shutil.copytree(ROOT / "demo", folder / "demo")
    (folder / "bailiwick").symlink_to(ROOT / "bailiwick")
    return folder


def run(command: Command, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a command as a reader would, its output not on a terminal."""
    ours = ("COLUMNS", "LINES", "DATABASE_URL", "DJANGO_SETTINGS_MODULE")
    environment = {k: v for k, v in os.environ.items() if k not in ours and not k.startswith("BAILIWICK_")}
    environment |= {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "LC_ALL": "C.UTF-8",
    }
    return subprocess.run(
        ["bash", "-c", command.text],
        cwd=folder,
        env=environment,
        input=command.typed or "",
        capture_output=True,
        text=True,
        timeout=300,
    )


def difference(expected: list[str], printed: str) -> str:
    """What a page shows and the command did not print, in order; empty when all of it is there."""
    lines = [line.rstrip() for line in printed.rstrip("\n").split("\n")]
    if not expected:
        return ""
    at, loose = 0, False
    for want in expected:
        if want.strip() == "...":
            loose = True
            continue
        within = range(at, len(lines) if loose else min(at + 1, len(lines)))
        found = next((i for i in within if _same(want.rstrip(), lines[i])), None)
        if found is None:
            return f"not printed (any more): {want!r}"
        at, loose = found + 1, False
    return "" if loose or at == len(lines) else f"printed more than the page shows: {lines[at]!r}"


def _same(want: str, line: str) -> bool:
    return line.startswith(want[:-4].rstrip()) if want.endswith(" ...") else line == want
