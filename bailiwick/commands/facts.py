"""`bailiwick facts`: the vocabulary of a case."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from bailiwick.commands.options import Format, FormatOption, LawOption, read_format

if TYPE_CHECKING:
    from bailiwick.engine.lawbook import Lawbook


def facts(
    place: Annotated[
        str | None,
        typer.Option("--place", metavar="PLACE", help="Only the facts that the law there turns on."),
    ] = None,
    format: FormatOption = None,
    law: LawOption = None,
) -> None:
    """List the facts a case may carry: name, type, meaning, who would know it.

    A fact that is absent is unknown, never false. Facts of a charge start with charges[].

    \b
    Every fact:
      bailiwick facts
    What must be known of a case in Fresno County:
      bailiwick facts --place us/ca/fresno-county
    """
    from bailiwick.commands import rendering
    from bailiwick.engine.facts import FACTS

    how = read_format(format)
    found = list(FACTS.values())
    if place is not None:
        from bailiwick.commands.inputs import load_lawbook, read_place

        book = load_lawbook(law)
        names = _used(book, read_place(place, book.places, "--place").path)
        found = [f for f in found if f.name in names]
    if how is Format.JSON:
        rendering.write_json(
            [
                {
                    "name": f.name,
                    "type": str(f.type),
                    "values": list(f.values),
                    "means": f.means,
                    "known_by": f.known_by,
                    "ask": f.ask,
                }
                for f in found
            ]
        )
    elif how is Format.CSV:
        out = rendering.Csv(("name", "type", "values", "means", "known_by", "ask"))
        for f in found:
            out.row((f.name, f.type, f.values, f.means, f.known_by, f.ask))
    else:
        rows = []
        for f in found:
            means = [rendering.Line(f.means)]
            if f.values:
                means.append(rendering.Line(f"one of: {', '.join(f.values)}", "faint"))
            rows.append(([rendering.Line(f.name, "strong")], str(f.type), means, f.known_by))
        rendering.show([rendering.Table(("fact", "type", "meaning", "who would know it"), rows)])


def _used(book: Lawbook, place: str) -> set[str]:
    """Facts that any version of the law of a place turns on."""
    from bailiwick.engine.condition import InList, Named, Node, Ref, walk

    used: set[str] = set()

    def look(node: Node) -> None:
        for part in walk(node):
            if isinstance(part, Named):
                look(part.concept.tree)
            elif isinstance(part, InList):
                used.update(("charges[].statute", "charges[].code_system", "charges[].code"))
            elif isinstance(part, Ref):
                used.add(part.fact.name)
                if part.fill is not None:
                    look(part.fill)

    for name in book.area(place):
        for provision in book.files[name].provisions:
            if provision.custodians:
                used.add("custodian")
            for node in (provision.given, provision.when, provision.unless):
                if node is not None:
                    look(node)
        used.update(clock.start for clock in book.files[name].clocks)
    return used
