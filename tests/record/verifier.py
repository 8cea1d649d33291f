"""The verifier that a monitor runs, as a module: the same file, taken from the documentation."""

from __future__ import annotations

import importlib.util
from functools import cache
from pathlib import Path
from typing import Any

PATH = Path(__file__).parents[2] / "docs" / "verifier.py"


@cache
def verifier() -> Any:
    spec = importlib.util.spec_from_file_location("verifier", PATH)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
