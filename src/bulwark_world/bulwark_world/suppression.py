# SPDX-License-Identifier: Apache-2.0
"""Misacceleration in a run: was the torque cut in time, was there a warning, what was saved."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bulwark_world.params import SensorParams
from bulwark_world.recording import HOLD, WARNING, Recording, Row
from bulwark_world.run_end import RunEnd
from bulwark_world.simulation import Simulation
from bulwark_world.world import World
from bulwark_world.yaml_fields import Fields

_MOVED = 0.005
_KMH = 3.6


@dataclass(frozen=True)
class Suppression:
    """What is expected of misacceleration inhibition; None: not judged.

    within_s: torque is cut at the latest so long after the pedal moves, and the driver is warned.
    least_reduction: share by which a contact is slower than in the same run without the system.
    passes_from_s: from then on no torque is cut and nothing is braked.
    """

    within_s: float | None = None
    least_reduction: float | None = None
    passes_from_s: float | None = None

    def __str__(self) -> str:
        words = []
        if self.within_s is not None:
            words.append(f"torque cut within {self.within_s:g} s and a warning")
        if self.least_reduction is not None:
            words.append(f"impact >= {self.least_reduction:.0%} below that without the system")
        if self.passes_from_s is not None:
            words.append(f"nothing held back from {self.passes_from_s:g} s on")
        return ", ".join(words)

    def failures(
        self, recording: Recording, impact_kmh: float | None, free_impact_kmh: float | None
    ) -> list[str]:
        """What was not as expected, in words."""
        found = [self._late(recording), self._unwarned(recording), self._held_back(recording.rows)]
        found.append(self._too_fast(impact_kmh, free_impact_kmh))
        return [text for text in found if text]

    def _late(self, recording: Recording) -> str:
        if self.within_s is None:
            return ""
        cut = torque_cut_s(recording.rows)
        if cut is None:
            return "no torque cut"
        late = cut > self.within_s + 1e-9
        return f"torque cut {cut:.2f} s after the pedal moved" if late else ""

    def _unwarned(self, recording: Recording) -> str:
        warned = any(WARNING <= view.stage < HOLD for view in recording.aeb)
        return "no warning" if self.within_s is not None and not warned else ""

    def _held_back(self, rows: Sequence[Row]) -> str:
        start = self.passes_from_s
        if start is None:
            return ""
        held = [row for row in rows if row.t >= start and (row.torque_cut or row.brake_request)]
        return f"held back at {held[0].t:.2f} s" if held else ""

    def _too_fast(self, impact_kmh: float | None, free_impact_kmh: float | None) -> str:
        if self.least_reduction is None:
            return ""
        if free_impact_kmh is None:
            return "no contact without the system either: the run proves nothing"
        allowed = (1.0 - self.least_reduction) * free_impact_kmh
        if impact_kmh is None or impact_kmh <= allowed:
            return ""
        return f"contact at {impact_kmh:.1f} km/h, {free_impact_kmh:.1f} km/h without the system"


def read_suppression(fields: Fields, base: Suppression | None) -> Suppression | None:
    """The field `suppression`; what is not named there is as in `base`. Raises ScenarioError."""
    if "suppression" not in fields:
        return base
    part, base = fields.fields("suppression"), base or Suppression()
    values = {
        name: part.number(name, minimum=0.0) if name in part else getattr(base, name)
        for name in ("within_s", "least_reduction", "passes_from_s")
    }
    part.finish()
    return Suppression(**values)


def torque_cut_s(rows: Sequence[Row]) -> float | None:
    """From the last moment before the accelerator moves until the torque is cut [s].

    0 where it is cut already; None where it never is, or the pedal never moves.
    """
    first = next((i for i, row in enumerate(rows) if _has_moved(rows[0], row)), None)
    if first is None:
        return None
    still = max(first - 1, 0)
    cut = next((row.t for row in rows[still:] if row.torque_cut), None)
    return None if cut is None else cut - rows[still].t


def _has_moved(before: Row, row: Row) -> bool:
    return row.accelerator_pedal > before.accelerator_pedal + _MOVED


def free_impact_kmh(world: World, sensors: SensorParams, seed: int) -> float | None:
    """The relative speed of the contact in the same run without the system [km/h]; None: none.

    The driver does what the script says, and nobody commands the vehicle.
    """
    simulation = Simulation(world, sensors, seed)
    simulation.wants_scan = simulation.wants_picture = lambda: False
    ending = RunEnd(simulation)
    while not ending.reached():
        simulation.step()
    contact = simulation.contact
    return None if contact is None else _KMH * contact.closing_speed
