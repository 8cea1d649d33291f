"""What is installed is whole: the law, the places and the data are in the wheel."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).parents[1]


def test_the_wheel_ships_the_law_the_places_and_the_data(tmp_path: Path) -> None:
    subprocess.run(
        [
            *(sys.executable, "-m", "pip", "wheel", "--quiet", "--disable-pip-version-check", "--no-deps"),
            *("--no-build-isolation", "--no-index", "--wheel-dir", str(tmp_path), str(ROOT)),
        ],
        check=True,
        capture_output=True,
    )
    (wheel,) = tmp_path.glob("bailiwick-*.whl")
    shipped = set(zipfile.ZipFile(wheel).namelist())
    wanted = [
        p.relative_to(ROOT).as_posix()
        for p in (ROOT / "bailiwick").rglob("*")
        if p.is_file() and p.suffix in (".py", ".yaml", ".csv", ".parquet", ".md")
    ]
    assert len([name for name in wanted if name.endswith(".yaml")]) > 40
    assert [name for name in wanted if name not in shipped] == []
    assert [name for name in shipped if not name.startswith(("bailiwick/", "bailiwick-"))] == []
