# SPDX-License-Identifier: Apache-2.0
"""Many runs at once: the same result for any number of workers."""

import hashlib
import json
from dataclasses import replace

import pytest

from bulwark_core.offline import OfflineHost
from bulwark_core.parallel.processes import in_processes
from bulwark_core.vehicle import VehicleParams
from bulwark_world.lockstep import LockStep
from bulwark_world.params import LidarMount, SensorParams
from bulwark_world.runner import Conditions, suite_json
from bulwark_world.scenario import load_scenario
from bulwark_world.stack import Sensing
from bulwark_world.suite import load_suite
from bulwark_world.suite_drive import suite_work

SHORT = """\
about: A tenth of a second towards a car.
parameters: {ahead: {default: 20, minimum: 5, maximum: 100, about: where it stands}}
ego: {speed_kmh: 30}
actors: {target: {kind: car, ahead: $ahead}}
end: {after_s: 0.3}
"""
SUITE = """\
about: A test.
runs:
  - {id: "{ahead:.3f}", scenario: short.yaml, layer: a, draw: {count: 9, set: {ahead: {from: 5, to: 20}}}}
  - {id: far, scenario: short.yaml, layer: b, set: {ahead: 400}}
"""  # noqa: E501


@pytest.fixture
def suite(tmp_path):
    (tmp_path / "short.yaml").write_text(SHORT)
    (tmp_path / "mine.yaml").write_text(SUITE)
    return load_suite(str(tmp_path / "mine.yaml"))


def in_order(runs, workers):
    numbered = dict(in_processes(suite_work(runs, Conditions()), workers))
    assert sorted(numbered) == list(range(len(runs)))
    return [numbered[index].record for index in range(len(runs))]


def as_text(suite, records):
    return json.dumps(suite_json(suite.name, suite.runs, Conditions(), records))


def test_the_json_is_the_same_bytes_for_one_worker_and_two_and_again(suite):
    alone, again = (as_text(suite, in_order(suite.runs, 1)) for _ in range(2))
    assert as_text(suite, in_order(suite.runs, 2)) == alone == again
    rows = json.loads(alone)["runs"]
    assert [row["layer"] for row in rows] == ["a"] * 9 + ["b"]
    assert "mine.yaml:4: runs[1].set.ahead: " in rows[-1]["reason"]
    assert json.loads(alone)["summary"]["runs"] == 10


def scan_bytes(monkeypatch, seed):
    """SHA-256 of every cloud that a short run in lock step delivers."""
    digest, clouds, deliver = hashlib.sha256(), [], OfflineHost.deliver

    def listening(host, topic, message, now_ns):
        if topic == "/lidar/points":
            clouds.append(message)
            digest.update(f"{message.header} {message.fields}".encode())
            digest.update(message.data.tobytes())
        return deliver(host, topic, message, now_ns)

    with monkeypatch.context() as patch:
        patch.setattr(OfflineHost, "deliver", listening)
        world, _ = load_scenario("crossing").build({}, seed, VehicleParams())
        world = replace(world, end=replace(world.end, after_s=0.5))
        sensors = SensorParams(lidar=LidarMount(model="vlp16"))
        LockStep(world, Sensing.LIDAR, sensors, seed).drive()
    assert len(clouds) >= 4
    return digest.hexdigest()


def test_sensor_bytes_are_the_same_for_the_same_seed_and_others_for_another(monkeypatch):
    first = scan_bytes(monkeypatch, 1)
    assert scan_bytes(monkeypatch, 1) == first
    assert scan_bytes(monkeypatch, 2) != first
