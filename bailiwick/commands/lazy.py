"""A group of commands that imports a command's module only when that command is asked for."""

from __future__ import annotations

from importlib import import_module
from typing import Any, ClassVar, NamedTuple

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command


class Lazy(NamedTuple):
    """Where a command stands (`package.module:name`, a function or a Typer app), and its one line."""

    target: str
    says: str


class _AsGiven:
    """Takes a parameter as it was typed: Typer's own coercion imports pydantic, at least 80 ms."""

    def coerce(self, value: Any, param: Any, ctx: Any) -> Any:
        return () if value is None and (param.multiple or param.nargs == -1) else value


class _Unconverted:
    """A command whose parameters are texts, lists of texts and flags: none is converted."""

    def get_params(self, ctx: Any) -> Any:
        params = super().get_params(ctx)  # type: ignore[misc]
        for param in params:
            param._runtime_param = _AsGiven()
        return params


class LazyCommand(_Unconverted, TyperCommand):
    """A command of a LazyGroup."""


class LazyGroup(_Unconverted, TyperGroup):
    """Knows its commands by name and one line each; `lazy` is set by the subclass."""

    lazy: ClassVar[dict[str, Lazy]] = {}

    def __init__(self, **attributes: Any) -> None:
        super().__init__(**attributes)
        self.commands = {name: TyperCommand(name) for name in self.lazy}  # the names, for "did you mean"

    def list_commands(self, ctx: Any) -> list[str]:
        return list(self.lazy)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        found = self.lazy.get(cmd_name)
        if found is None:
            return None
        module, _, attribute = found.target.partition(":")
        command = getattr(import_module(module), attribute)
        if not isinstance(command, typer.Typer):
            app = typer.Typer(add_completion=False, rich_markup_mode=None)
            app.command(cmd_name, cls=LazyCommand, short_help=found.says)(command)
            command = app
        made = get_command(command)
        made.name = cmd_name
        return made

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, lazy.says) for name, lazy in self.lazy.items()])
