"""Make the vendored files of the pages: styles and fonts of the U.S. Web Design System, htmx.

    python tools/make_static.py bailiwick/desk/static/vendor

Takes the packages @uswds/uswds, htmx.org and sass with npm into a directory that is thrown away, compiles
tools/static/uswds.scss (only the parts our pages use) and copies what the result refers to. Our own styles are
bailiwick/desk/static/bailiwick.css; nothing here writes to them.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

PACKAGES = ("@uswds/uswds@3.14.0", "htmx.org@2.0.11", "sass@1")
THEME = Path(__file__).resolve().parent / "static" / "uswds.scss"
LARGEST = 1500 * 1024
_URL = re.compile(r'url\("?\.\./([^")]+)"?\)')


def make(out: Path) -> None:
    """Write css/, fonts/, img/ and js/ under `out`."""
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        subprocess.run(
            ["npm", "install", "--prefix", name, "--no-save", "--ignore-scripts", *PACKAGES], check=True
        )
        modules = work / "node_modules"
        uswds = modules / "@uswds" / "uswds"
        css = out / "css" / "uswds.css"
        css.parent.mkdir(parents=True, exist_ok=True)
        sass = ["node", str(modules / "sass" / "sass.js"), "--no-source-map", "--style=compressed", "--quiet"]
        subprocess.run([*sass, f"--load-path={uswds / 'packages'}", str(THEME), str(css)], check=True)
        for path in sorted(set(_URL.findall(css.read_text()))):
            _copy(uswds / "dist" / path, out / path)
        _copy(modules / "htmx.org" / "dist" / "htmx.min.js", out / "js" / "htmx.min.js")
    large = [f for f in out.rglob("*") if f.is_file() and f.stat().st_size > LARGEST]
    if large:
        raise SystemExit(f"expected files of at most {LARGEST} bytes, found {large}")


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit(__doc__)
    make(Path(sys.argv[1]))
