# SPDX-License-Identifier: Apache-2.0
"""What a run must show, and whether it did."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from bulwark_world.figures import Figures
from bulwark_world.grades import COLOURS, SCALES
from bulwark_world.physics import Physics, physics_of
from bulwark_world.suppression import Suppression, read_suppression
from bulwark_world.world import World
from bulwark_world.yaml_fields import Fields

NO_REACTION_DECELERATION = 2.45
"""From this extra deceleration on it is a false reaction: 0.25 g, FMVSS 127 S5.3 [m/s^2]."""
PHYSICS_TOLERANCE = 2.0
"""Over the least impact that physics allows [km/h]: Euro NCAP's over a maker's prediction."""
_KMH = 3.6
_EXACT = 1e-3  # what sums of steps may lack


@dataclass(frozen=True)
class Expectation:
    """The outcome that a run is judged by; None: not judged.

    reaction: whether the car shall warn or brake at all. max_impact_kmh: relative speed of a
    contact that is allowed; 0: no contact. avoidable: no contact where a perfect brake avoids it,
    else at most its impact and a tolerance. grade: a scale of colours; without `avoidable` a run
    passes by not being red, or where physics allows no better. warn_lead_s: warning before
    braking, at least. warn_ttc_s: warning at this TTC or earlier. stop_gap_m: nearest and farthest
    distance at which to stop. min_decel: peak deceleration. suppression: of a wrong press of the
    accelerator; where it is judged, braking is not needed. most_warnings: where somebody drives in
    ordinary traffic, so many warnings and no intervention. physics, speed_kmh: of the run, see
    `informed`.
    """

    reaction: bool = True
    max_impact_kmh: float = 0.0
    avoidable: bool = False
    grade: str = ""
    warn_lead_s: float | None = None
    warn_ttc_s: float | None = None
    stop_gap_m: tuple[float, float] | None = None
    min_decel: float | None = None
    suppression: Suppression | None = None
    most_warnings: int | None = None
    physics: Physics | None = field(default=None, compare=False)
    speed_kmh: float = field(default=0.0, compare=False)

    def informed(self, world: World) -> Expectation:
        """The same, knowing what physics allows in this world."""
        speed = _KMH * world.ego.speed
        if not self.reaction:
            return replace(self, speed_kmh=speed)
        return replace(self, physics=physics_of(world), speed_kmh=speed)

    @property
    def allowed_kmh(self) -> float | None:
        """The relative impact speed that is allowed; 0: no contact; None: the colour decides."""
        if self.grade and not self.avoidable:
            return None
        return max(self.max_impact_kmh, self._forced_kmh) if self.avoidable else self.max_impact_kmh

    @property
    def _forced_kmh(self) -> float:
        """The impact that physics excuses."""
        if self.physics is None or self.physics.avoidable:
            return 0.0
        return self.physics.least_impact_kmh + PHYSICS_TOLERANCE

    def colour(self, figures: Figures) -> str:
        """The run's colour; empty where it is not graded."""
        if not self.grade:
            return ""
        free = self.physics.free_impact_kmh if self.physics else None
        return SCALES[self.grade](self.speed_kmh, figures.impact_kmh, free)

    def __str__(self) -> str:
        words = ", ".join(word for word in self._words() if word)
        return f"{words} {self._physics_in_words()}".rstrip()

    def _words(self) -> list[str]:
        gap = self.stop_gap_m
        return [
            "" if self.reaction else "no reaction",
            self._contact_in_words(),
            _in_words("warning >= {:g} s before braking", self.warn_lead_s),
            _in_words("warning at TTC >= {:g} s", self.warn_ttc_s),
            "" if gap is None else "stops {:g} to {:g} m before".format(*gap),
            _in_words("deceleration >= {:g} m/s2", self.min_decel),
            "" if self.suppression is None else str(self.suppression),
        ]

    def _contact_in_words(self) -> str:
        allowed = self.allowed_kmh
        if allowed is None:
            return f"graded by {self.grade}, not {COLOURS[-1]}"
        return "no contact" if allowed == 0.0 else f"impact <= {allowed:.3g} km/h"

    def _physics_in_words(self) -> str:
        physics = self.physics
        if physics is None:
            return ""
        if not physics.needs_brake:
            return "(nobody would be hit)"
        if physics.avoidable:
            return "(a perfect brake avoids it)"
        return f"(a perfect brake hits at {physics.least_impact_kmh:.1f} km/h)"

    def failures(self, figures: Figures) -> list[str]:
        """What was not as expected, in words; empty where all was."""
        found = [self._contact(figures)]
        if self.most_warnings is not None:
            found += _in_traffic(figures, self.most_warnings)
        else:
            found += self._reaction(figures) if self.reaction else [_false_reaction(figures)]
        return [text for text in found if text]

    def _contact(self, figures: Figures) -> str:
        impact, allowed = figures.impact_kmh, self.allowed_kmh
        if allowed is None:
            if impact is None or impact <= self._forced_kmh:
                return ""
            red = self.colour(figures) == COLOURS[-1]
            return f"contact at {impact:.1f} km/h: {COLOURS[-1]}" if red else ""
        if impact is None or (allowed > 0.0 and impact <= allowed):
            return ""
        return f"contact at {impact:.1f} km/h"

    def _reaction(self, figures: Figures) -> list[str]:
        if self.suppression is not None:
            return [self._stop_gap(figures)]
        needless = self.physics is not None and not self.physics.needs_brake
        if figures.brake_ttc_s is None:
            return [] if needless else ["no braking"]
        return [
            _below("warning lead", figures.warn_lead_s, self.warn_lead_s, "s"),
            _below("warning TTC", figures.warn_ttc_s, self.warn_ttc_s, "s"),
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
        avoidable=fields.flag("avoidable", base.avoidable),
        grade=fields.text("grade", base.grade, choices=["", *SCALES]),
        warn_lead_s=_optional(fields, "warn_lead_s", base.warn_lead_s),
        warn_ttc_s=_optional(fields, "warn_ttc_s", base.warn_ttc_s),
        stop_gap_m=gap[0] if gap else base.stop_gap_m,
        min_decel=_optional(fields, "min_decel", base.min_decel),
        suppression=read_suppression(fields, base.suppression),
        most_warnings=_read_most(fields, base.most_warnings),
    )
    fields.finish()
    return expectation


def _optional(fields: Fields, name: str, default: float | None) -> float | None:
    return fields.number(name, minimum=0.0) if name in fields else default


def _read_most(fields: Fields, default: int | None) -> int | None:
    if "most_warnings" not in fields:
        return default
    return round(fields.number("most_warnings", None, 0.0))


def _in_words(text: str, value: float | None) -> str:
    return "" if value is None else text.format(value)


def _false_reaction(figures: Figures) -> str:
    if figures.warnings or figures.warn_ttc_s is not None:
        ttc = figures.warn_ttc_s
        return "false warning" if ttc is None else f"false warning at TTC {ttc:.2f} s"
    if (
        figures.interventions
        or figures.brake_ttc_s is not None
        or figures.extra_decel > NO_REACTION_DECELERATION
    ):
        return f"false braking with {figures.extra_decel:.1f} m/s2"
    return ""


def _in_traffic(figures: Figures, most_warnings: int) -> list[str]:
    found = []
    if figures.interventions:
        found.append(f"false braking, {figures.interventions} times")
    if figures.warnings > most_warnings:
        found.append(f"false warnings: {figures.warnings}")
    return found


def _below(name: str, value: float | None, least: float | None, unit: str) -> str:
    if least is None:
        return ""
    if value is None:
        return f"no {name}"
    return "" if value >= least - _EXACT else f"{name} {value:.2f} {unit}, less than {least:g}"
