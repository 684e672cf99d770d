# SPDX-License-Identifier: Apache-2.0
"""What a run must show, and whether it did."""

from __future__ import annotations

from dataclasses import dataclass

from bulwark_world.figures import Figures
from bulwark_world.suppression import Suppression, read_suppression
from bulwark_world.yaml_fields import Fields

NO_REACTION_DECELERATION = 2.45
"""From this extra deceleration on it is a false reaction: 0.25 g, FMVSS 127 S5.3 [m/s^2]."""


@dataclass(frozen=True)
class Expectation:
    """The outcome that a run is judged by; None: not judged.

    reaction: whether the car shall warn or brake at all. max_impact_kmh: relative speed of a
    contact that is allowed; 0: no contact. warn_lead_s: warning before braking, at least.
    stop_gap_m: nearest and farthest distance at which to stop. min_decel: peak deceleration.
    suppression: of a wrong press of the accelerator; where it is judged, braking is not needed.
    """

    reaction: bool = True
    max_impact_kmh: float = 0.0
    warn_lead_s: float | None = None
    stop_gap_m: tuple[float, float] | None = None
    min_decel: float | None = None
    suppression: Suppression | None = None

    def __str__(self) -> str:
        words = [] if self.reaction else ["no reaction"]
        limit = self.max_impact_kmh
        words.append("no contact" if limit == 0.0 else f"impact <= {limit:g} km/h")
        if self.warn_lead_s is not None:
            words.append(f"warning >= {self.warn_lead_s:g} s before braking")
        if self.stop_gap_m is not None:
            words.append("stops {:g} to {:g} m before".format(*self.stop_gap_m))
        if self.min_decel is not None:
            words.append(f"deceleration >= {self.min_decel:g} m/s2")
        if self.suppression is not None:
            words.append(str(self.suppression))
        return ", ".join(words)

    def failures(self, figures: Figures) -> list[str]:
        """What was not as expected, in words; empty where all was."""
        found = [self._contact(figures)]
        found += self._reaction(figures) if self.reaction else [_false_reaction(figures)]
        return [text for text in found if text]

    def _contact(self, figures: Figures) -> str:
        impact = figures.impact_kmh
        if impact is None or (self.max_impact_kmh > 0.0 and impact <= self.max_impact_kmh):
            return ""
        return f"contact at {impact:.1f} km/h"

    def _reaction(self, figures: Figures) -> list[str]:
        if self.suppression is not None:
            return [self._stop_gap(figures)]
        if figures.brake_ttc_s is None:
            return ["no braking"]
        return [
            _below("warning lead", figures.warn_lead_s, self.warn_lead_s, "s"),
            _below("peak deceleration", figures.peak_decel, self.min_decel, "m/s2"),
            self._stop_gap(figures),
        ]

    def _stop_gap(self, figures: Figures) -> str:
        if self.stop_gap_m is None or figures.impact_kmh is not None:
            return ""
        if figures.stop_gap_m is None:
            return "did not stop"
        low, high = self.stop_gap_m
        if low <= figures.stop_gap_m <= high:
            return ""
        return f"stopped {figures.stop_gap_m:.2f} m before, not {low:g} to {high:g} m"


def read_expectation(fields: Fields, base: Expectation) -> Expectation:
    """An expectation from a file; what is not named there is as in `base`. Raises ScenarioError."""
    gap = fields.pairs("stop_gap_m")
    if len(gap) > 1:
        raise fields.error("stop_gap_m", "must be one pair, like [[0.3, 3.0]]")
    expectation = Expectation(
        reaction=fields.flag("reaction", base.reaction),
        max_impact_kmh=fields.number("max_impact_kmh", base.max_impact_kmh, 0.0),
        warn_lead_s=_optional(fields, "warn_lead_s", base.warn_lead_s),
        stop_gap_m=gap[0] if gap else base.stop_gap_m,
        min_decel=_optional(fields, "min_decel", base.min_decel),
        suppression=read_suppression(fields, base.suppression),
    )
    fields.finish()
    return expectation


def _optional(fields: Fields, name: str, default: float | None) -> float | None:
    return fields.number(name, minimum=0.0) if name in fields else default


def _false_reaction(figures: Figures) -> str:
    if figures.warn_ttc_s is not None:
        return f"false warning at TTC {figures.warn_ttc_s:.2f} s"
    if figures.brake_ttc_s is not None or figures.extra_decel > NO_REACTION_DECELERATION:
        return f"false braking with {figures.extra_decel:.1f} m/s2"
    return ""


def _below(name: str, value: float | None, least: float | None, unit: str) -> str:
    if least is None:
        return ""
    if value is None:
        return f"no {name}"
    return "" if value >= least - 1e-9 else f"{name} {value:.2f} {unit}, less than {least:g}"
