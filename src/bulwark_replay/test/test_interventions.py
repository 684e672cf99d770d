# SPDX-License-Identifier: Apache-2.0
"""From a run in the world to the page that explains its intervention."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner
from rosbags.rosbag2 import StoragePlugin
from std_msgs.msg import String

from bulwark_cli.explain import explain
from bulwark_core.errors import BagError, RecordError
from bulwark_replay.intervention_report import make_intervention_report
from bulwark_replay.interventions import TOPIC, read_records
from bulwark_replay.report import render
from bulwark_world.lockstep import LockStep
from bulwark_world.params import SensorParams
from bulwark_world.scenario import load_scenario
from bulwark_world.stack import Sensing


@pytest.fixture(scope="module")
def published():
    """What the supervisor published in a stop from 40 km/h, with its times."""
    from bulwark_core.vehicle import VehicleParams

    scenario = load_scenario("ccr_stationary")
    world, _ = scenario.build({"speed_kmh": 40.0}, 1, VehicleParams())
    drive = LockStep(world, Sensing.OBJECTS, SensorParams(), 1)
    heard: list[tuple[str, String, int]] = []
    drive._host.on_output(
        lambda topic, message, ns: heard.append((topic, message, ns)) if topic == TOPIC else None
    )
    drive.drive()
    return heard


def test_a_stop_in_the_world_publishes_one_record(published):
    assert len(published) == 1


def test_the_page_shows_frames_turning_points_and_figures(published):
    record = json.loads(published[0][1].data)
    page = make_intervention_report(record, "a stop")
    assert len(page.frames) > 20
    assert any(box.id == record["summary"]["target_id"] for box in page.frames[-1].boxes)
    assert [row[1] for row in page.tables[0].rows][-1] == "hold"
    html = render(page)
    assert "full braking for car" in html.lower()


def test_explain_reads_a_bag_and_writes_pages_and_records(published, write_bag, tmp_path):
    bag = write_bag(published, StoragePlugin.MCAP)
    result = CliRunner().invoke(
        explain, [str(bag), "--report", str(tmp_path / "pages"), "--json", str(tmp_path / "json")]
    )
    assert result.exit_code == 0, result.output
    assert "intervention 1 of 1" in result.output
    assert "FULL" in result.output
    assert (tmp_path / "pages/intervention_1.html").stat().st_size > 10_000
    again = read_records(tmp_path / "json/intervention_1.json")
    assert again == read_records(bag)


def test_a_number_that_is_not_there_is_refused(published, tmp_path):
    file = tmp_path / "record.json"
    file.write_text(published[0][1].data)
    result = CliRunner().invoke(explain, [str(file), "--number", "2"])
    assert result.exit_code == 2
    assert "there are 1 interventions" in result.output


@pytest.mark.parametrize(
    "text, why",
    [
        ("", "not JSON"),
        ("[]", "format is None"),
        ('{"format": "something else"}', "format is 'something else'"),
        ('{"format": "bulwark intervention 1"}', "no field 'summary'"),
    ],
)
def test_what_is_no_record_is_named(text, why, tmp_path):
    file = tmp_path / "record.json"
    file.write_text(text)
    with pytest.raises(RecordError, match=why) as error:
        read_records(file)
    assert str(file) in str(error.value)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(RecordError, match="No such file"):
        read_records(tmp_path / "record.json")
    with pytest.raises(BagError, match="no such file"):
        read_records(tmp_path / "bag.mcap")


def test_a_bag_without_interventions_says_so(drive_bag):
    with pytest.raises(RecordError, match="no intervention was recorded"):
        read_records(drive_bag)
