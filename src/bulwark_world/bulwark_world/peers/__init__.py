# SPDX-License-Identifier: Apache-2.0
"""What others use as an AEB, written from its description, to be driven in the same runs.

They see the same objects with the same delay and brake through the same vehicle. What a peer leaves
to other parts of its stack (a driver's override, sensor loss, a hold at standstill) is left out.
"""

from __future__ import annotations

from bulwark_core.vehicle import VehicleParams
from bulwark_world.peers.fixed_ttc import FixedTtc
from bulwark_world.peers.peer import Peer
from bulwark_world.peers.rss_distance import RssDistance
from bulwark_world.peers.zone_stop import ZoneStop

PEERS: dict[str, type[Peer]] = {
    "fixed_ttc": FixedTtc,
    "rss_distance": RssDistance,
    "zone_stop": ZoneStop,
}
"""By the name that a bench calls them."""


def make_peer(name: str, body: VehicleParams) -> Peer:
    """The peer of this name, for this vehicle."""
    return PEERS[name](body)
