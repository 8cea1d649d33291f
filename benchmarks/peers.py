"""One rule in OpenFisca and in zen-engine, to stand beside Bailiwick's: Cal. Gov. Code § 7282.5(a)(3).

The rule: convicted within five years of a listed crime as a misdemeanor that could have been a felony, or
within fifteen years of a listed crime as a felony. What the two do and do not do, as they are used here:

- Both are given, for every charge, whether the crime stands in the law's list; Bailiwick reads the citation
  itself.
- Both answer yes or no. A missing fact counts as no; neither says which fact is missing.
- Neither gives a citation, a date of law, or the facts it rested on. (OpenFisca keeps dated values of
  parameters, zen a trace of nodes; neither is a reason.)
- Bailiwick's figures beside them are for a whole decision: eight actions, every norm in force, reasons,
  missing facts, clocks and duties. Its time for this one rule is given too.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]

# ------------------------------------------------------------------------------------------ zen-engine

_RULE = (
    "some(charges, #.status == 'convicted' and #.listed == true and ("
    "(#.grade == 'misdemeanor' and #.wobbler == true and #.convicted_on != null and d(#.convicted_on) > "
    "d(at).sub('5y')) or "
    "(#.grade == 'felony' and #.convicted_on != null and d(#.convicted_on) > d(at).sub('15y'))))"
)
_DECISION = {
    "nodes": [
        {"id": "in", "name": "case", "type": "inputNode", "position": {"x": 0, "y": 0}},
        {
            "id": "rule",
            "name": "7282.5(a)(3)",
            "type": "expressionNode",
            "position": {"x": 200, "y": 0},
            "content": {"expressions": [{"id": "e", "key": "qualifies", "value": _RULE}]},
        },
        {"id": "out", "name": "answer", "type": "outputNode", "position": {"x": 400, "y": 0}},
    ],
    "edges": [
        {"id": "a", "type": "edge", "sourceId": "in", "targetId": "rule"},
        {"id": "b", "type": "edge", "sourceId": "rule", "targetId": "out"},
    ],
}


def zen_rule() -> Callable[[dict[str, Any]], bool]:
    """The rule as a zen decision (JDM): a case ``{"at": "2026-03-02", "charges": [...]}`` -> yes or no."""
    import zen

    decision = zen.ZenEngine().create_decision(json.dumps(_DECISION))
    return lambda case: bool(decision.evaluate(case)["result"]["qualifies"])


def zen_expression() -> Callable[[dict[str, Any]], bool]:
    """The same rule as one compiled zen expression, without the graph around it."""
    import zen

    compiled = zen.compile_expression(_RULE)
    return lambda case: bool(compiled.evaluate(case))


# ------------------------------------------------------------------------------------------ OpenFisca


def openfisca_system() -> Any:
    """The rule as an OpenFisca system: entities charge and case, seven variables."""
    from openfisca_core.entities import build_entity
    from openfisca_core.indexed_enums import Enum
    from openfisca_core.periods import ETERNITY, MONTH
    from openfisca_core.taxbenefitsystems import TaxBenefitSystem
    from openfisca_core.variables import Variable

    charge = build_entity("charge", "charges", "a charge", is_person=True)
    case_ = build_entity(
        "case", "cases", "a case", roles=[{"key": "charge_of", "plural": "charges_of", "label": "charge"}]
    )

    class Status(Enum):  # type: ignore[misc]
        other = "other"
        convicted = "convicted"

    class Grade(Enum):  # type: ignore[misc]
        other = "other"
        felony = "felony"
        misdemeanor = "misdemeanor"

    def variable(name: str, on: Any, kind: Any, **more: Any) -> type:
        fields = {"value_type": kind, "entity": on, "definition_period": ETERNITY, "label": name, **more}
        return type(name, (Variable,), fields)

    def years_before(day: Array, years: int) -> Array:
        months = day.astype("datetime64[M]")
        wanted = months - 12 * years
        last = (wanted + 1).astype("datetime64[D]") - 1
        return np.minimum(wanted.astype("datetime64[D]") + (day - months.astype("datetime64[D]")), last)

    def charge_formula(person: Any, period: Any) -> Array:
        at = person.case("at", period)
        on = person("convicted_on", period)
        grade = person("grade", period)
        misdemeanor = (grade == Grade.misdemeanor) * person("wobbler", period) * (on > years_before(at, 5))
        felony = (grade == Grade.felony) * (on > years_before(at, 15))
        return (
            (person("status", period) == Status.convicted) * person("listed", period) * (misdemeanor + felony)
        )

    def case_formula(group: Any, period: Any) -> Array:
        return group.any(group.members("charge_qualifies", period))

    system = TaxBenefitSystem([charge, case_])
    for made in (
        variable("status", charge, Enum, possible_values=Status, default_value=Status.other),
        variable("grade", charge, Enum, possible_values=Grade, default_value=Grade.other),
        variable("wobbler", charge, bool),
        variable("listed", charge, bool),
        variable("convicted_on", charge, date),
        variable("at", case_, date),
        variable("charge_qualifies", charge, bool, formula=charge_formula, definition_period=MONTH),
        variable("qualifies", case_, bool, formula=case_formula, definition_period=MONTH),
    ):
        system.add_variable(made)
    return system


#: OpenFisca gives a formula a period; this rule looks at the day of each case instead, so the month says nothing.
_MONTH = "2026-03"
_DEFAULTS = {
    "status": "other",
    "grade": "other",
    "wobbler": False,
    "listed": False,
    "convicted_on": "1900-01-01",
}


def openfisca_rule() -> Callable[[dict[str, Any]], bool]:
    """The rule on one case, as a caller of OpenFisca asks it: a new simulation from a dictionary, then
    ``calculate``."""
    from openfisca_core.simulations import SimulationBuilder

    system = openfisca_system()

    def decide(case: dict[str, Any]) -> bool:
        charges = {}
        for i, charge in enumerate(case["charges"]):
            known = {name: charge.get(name) for name in _DEFAULTS}
            if known["status"] != "convicted":
                known["status"] = "other"
            if known["grade"] not in ("felony", "misdemeanor"):
                known["grade"] = "other"
            charges[f"c{i}"] = {n: {"ETERNITY": v} for n, v in known.items() if v is not None}
        cases = {"case": {"charges_of": list(charges), "at": {"ETERNITY": case["at"]}}}
        simulation = SimulationBuilder().build_from_entities(system, {"charges": charges, "cases": cases})
        return bool(simulation.calculate("qualifies", _MONTH)[0])

    return decide


class OpenFiscaRecords:
    """The rule on many cases: a simulation filled with arrays.

    ``sizes``: charges of each case; the other arrays are per charge, ``at`` per case (days).
    """

    def __init__(self, sizes: Array, at: Array, charges: dict[str, Array]) -> None:
        from openfisca_core.simulations import Simulation

        system = openfisca_system()
        populations = system.instantiate_entities()
        simulation = Simulation(system, populations)
        person, group = populations["charge"], populations["case"]
        person.count, group.count = int(sizes.sum()), len(sizes)
        person.ids, group.ids = np.arange(person.count), np.arange(group.count)
        group.members_entity_id = np.repeat(np.arange(group.count), sizes)
        group.members_role = np.repeat(group.entity.flattened_roles[0], person.count)
        self.simulation = simulation
        for name, values in charges.items():
            simulation.set_input(name, "ETERNITY", values)
        simulation.set_input("at", "ETERNITY", at.astype("datetime64[D]"))

    def decide(self) -> Array:
        answer: Array = self.simulation.calculate("qualifies", _MONTH)
        return answer
