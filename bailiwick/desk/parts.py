"""Parts of the desk that an installation may lack."""

from __future__ import annotations

from importlib import import_module
from types import ModuleType


def if_there(name: str) -> ModuleType | None:
    """The module of this name, None where it does not exist. What it lacks itself is still an error."""
    try:
        return import_module(name)
    except ModuleNotFoundError as error:
        if error.name is not None and (name == error.name or name.startswith(error.name + ".")):
            return None
        raise
