"""Arrows point down only, time enters at the edge, and tracked files name no machine and no registry."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "bailiwick"

#: What each part may import of Bailiwick besides itself.
MAY_IMPORT: dict[str, set[str]] = {
    "engine": set(),
    "law": set(),
    "custody": {"engine", "record"},
    "record": {"engine"},
    "evidence": {"engine"},
    "papers": {"engine", "custody", "record"},
    "reports": {"engine", "custody", "record", "evidence"},
    # desk holds the one table of addresses, so it names the interface too
    "desk": {"engine", "custody", "record", "evidence", "papers", "reports", "api"},
    "api": {"engine", "custody", "record", "evidence", "papers", "reports"},
    "commands": {"engine", "custody", "record", "evidence", "papers", "reports", "desk"},
    "cli": {"commands", "engine", "custody", "record", "evidence", "papers", "reports", "desk", "api"},
}
TIMELESS = ("engine", "evidence", "reports")
CLOCKS = {
    *(("datetime", name) for name in ("now", "utcnow", "today")),
    *(("date", name) for name in ("today",)),
    *(("time", name) for name in ("time", "time_ns", "localtime", "gmtime")),
    *(("timezone", name) for name in ("now", "localdate", "localtime")),
}


def modules() -> Iterator[tuple[Path, str, ast.Module]]:
    """Every module of the package with the part it belongs to."""
    for path in sorted(PACKAGE.rglob("*.py")):
        part = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
        yield path, part, ast.parse(path.read_text(encoding="utf-8"), str(path))


def imported(path: Path, tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Line and part of each import of Bailiwick, wherever it stands, and of names like ``bailiwick.x:y``."""
    package = path.relative_to(ROOT).with_suffix("").parts
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = [*package[: -node.level], node.module] if node.level else [node.module]
            names = [".".join(filter(None, [*base, alias.name])) for alias in node.names]
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            names = re.findall(r"^(bailiwick\.[a-z_.]+)(?::\w+)?$", node.value)
        else:
            continue
        for name in names:
            words = name.split(".")
            if words[0] == "bailiwick" and len(words) > 1:
                yield getattr(node, "lineno", 0), words[1]


def test_every_part_is_known_to_the_rules() -> None:
    assert {part for _, part, _ in modules()} <= {"__init__", "__main__", *MAY_IMPORT}


def test_imports_point_down_only() -> None:
    wrong = [
        f"{path.relative_to(ROOT)}:{line}: {part} imports {target}"
        for path, part, tree in modules()
        for line, target in imported(path, tree)
        if target not in {part, *MAY_IMPORT.get(part, MAY_IMPORT["cli"])} and (PACKAGE / target).exists()
    ]
    assert wrong == []


def test_the_engine_imports_nothing_heavier_than_it_needs() -> None:
    web = re.compile(r"^(django|ninja|flask|fastapi|psycopg|rich|typer)\b")
    wrong = []
    for path, part, tree in modules():
        for node in ast.walk(tree):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            names += [node.module] if isinstance(node, ast.ImportFrom) and node.module else []
            wrong += [f"{path.name}: {n}" for n in names if part == "engine" and web.match(n)]
    assert wrong == []


def test_no_clock_is_read_below_the_edge() -> None:
    wrong = []
    for path, part, tree in modules():
        if part not in TIMELESS:
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute):
                owner = (
                    node.value.attr
                    if isinstance(node.value, ast.Attribute)
                    else getattr(node.value, "id", "")
                )
                if (owner, node.attr) in CLOCKS:
                    wrong.append(f"{path.relative_to(ROOT)}:{node.lineno}: {owner}.{node.attr}")
            if isinstance(node, ast.ImportFrom) and node.module == "time":
                wrong += [
                    f"{path.relative_to(ROOT)}:{node.lineno}: from time import {a.name}" for a in node.names
                ]
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                for word in re.findall(
                    r"\b(?:current_date|current_timestamp|localtimestamp)\b|\bnow\(\)", node.value.lower()
                ):
                    wrong.append(f"{path.relative_to(ROOT)}:{node.lineno}: SQL {word}")
    assert wrong == []


def tracked() -> list[Path]:
    """The files of the repository; without git (an unpacked source archive) there is nothing to say."""
    try:
        listed = subprocess.run(
            ["git", "ls-files", "-z", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, check=True
        )
    except (FileNotFoundError, subprocess.CalledProcessError):
        pytest.skip("needs git and a checkout")
    return [p for name in listed.stdout.decode().split("\0") if name and (p := ROOT / name).is_file()]


def texts() -> Iterator[tuple[Path, str]]:
    for path in tracked():
        content = path.read_bytes()
        if b"\0" not in content[:8192]:
            yield path, content.decode("utf-8")


def test_tracked_files_name_no_registry_and_no_path_of_a_machine() -> None:
    registries = "|".join(
        ("py" + "pi\\.org", "python" + "hosted", "registry\\.npm" + "js", "deb\\.deb" + "ian")
    )
    pattern = re.compile(
        rf"{registries}|{re.escape(str(ROOT.parent))}/|/(?:home|Users)/[a-z]|(?<![\w.])/ro{2}t/",
        re.IGNORECASE,
    )
    wrong = [
        f"{path.relative_to(ROOT)}:{text.count(chr(10), 0, found.start()) + 1}: {found[0]}"
        for path, text in texts()
        for found in pattern.finditer(text)
    ]
    assert wrong == []


def test_the_lock_names_no_address_and_pins_every_hash() -> None:
    for path in sorted((ROOT / "requirements").glob("*.txt")):
        text = path.read_text(encoding="utf-8")
        assert "://" not in text, path.name
        assert "--index" not in text, path.name
        assert "--find-links" not in text, path.name
        for block in re.split(r"\n(?=[a-z0-9])", text.strip()):
            assert re.match(r"[a-z0-9._-]+(\[[a-z,]+\])?==\S+", block), f"{path.name}: {block[:60]}"
            assert "--hash=sha256:" in block, f"{path.name}: {block[:60]}"


def test_the_locks_agree_on_every_version() -> None:
    versions: dict[tuple[str, str], set[str]] = {}
    for path in sorted((ROOT / "requirements").glob("*.txt")):
        pins = re.findall(r"^([a-z0-9._-]+)==(\S+)(.*)\\$", path.read_text(encoding="utf-8"), re.MULTILINE)
        for name, version, marker in pins:
            versions.setdefault((name, marker.strip()), set()).add(version)
    assert len(versions) > 30
    assert {name: found for name, found in versions.items() if len(found) > 1} == {}


def test_no_tracked_file_is_large() -> None:
    assert [p.relative_to(ROOT).as_posix() for p in tracked() if p.stat().st_size > 1_500_000] == []
