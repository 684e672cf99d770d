# SPDX-License-Identifier: Apache-2.0
"""What traffic a run has, as data, and how a file tells it."""

from __future__ import annotations

from dataclasses import dataclass

from bulwark_core.params import param
from bulwark_world.param_fields import read_parameters
from bulwark_world.yaml_fields import Fields


@dataclass(frozen=True)
class TrafficPlan:
    """Road users that react, as many as there shall be around the own vehicle."""

    vehicles: float = param(
        8.0, "that go the same way, for each lane", unit="1/km", minimum=0.0, maximum=40.0
    )
    oncoming: float = param(
        8.0, "that come towards, for each lane", unit="1/km", minimum=0.0, maximum=40.0
    )
    oncoming_lanes: float = param(0.0, "left lanes that lead against the way", minimum=0, maximum=4)
    cyclists: float = param(0.0, "along the right edge", unit="1/km", minimum=0.0, maximum=40.0)
    pedestrians: float = param(0.0, "on both sides", unit="1/km", minimum=0.0, maximum=100.0)
    speed_kmh: float = param(
        50.0, "that drivers want, in the mean", unit="km/h", minimum=5.0, maximum=200.0
    )
    spread: float = param(0.12, "of that speed, to both sides", minimum=0.0, maximum=0.5)
    trucks: float = param(0.1, "share of the vehicles", minimum=0.0, maximum=1.0)
    edge: float = param(
        0.6, "of the road to a cyclist's middle", unit="m", minimum=0.3, maximum=6.0
    )
    pavement: float = param(
        1.0, "of the road's edge to a pedestrian, outwards", unit="m", minimum=-3.0, maximum=5.0
    )
    crossing: float = param(0.3, "share of the pedestrians who cross", minimum=0.0, maximum=1.0)
    zebra: float = param(
        0.4, "share of those that cross where cars have to stop", minimum=0.0, maximum=1.0
    )
    variant: float = param(0.0, "another one is other traffic", minimum=0.0, maximum=1e9)


def read_traffic(fields: Fields) -> TrafficPlan | None:
    """The field `traffic`; None without it. Raises ScenarioError."""
    if "traffic" not in fields:
        return None
    part = fields.fields("traffic")
    plan = read_parameters(TrafficPlan, part)
    part.finish()
    return plan
