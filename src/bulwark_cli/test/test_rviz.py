# SPDX-License-Identifier: Apache-2.0
"""The RViz configuration shows the topics of the manifest."""

import yaml

from bulwark_cli.docs import source_root
from bulwark_core.interfaces import Direction, load_manifest

KINDS = {
    "rviz_default_plugins/PointCloud2": "sensor_msgs/msg/PointCloud2",
    "rviz_default_plugins/MarkerArray": "visualization_msgs/msg/MarkerArray",
    "rviz_default_plugins/Path": "nav_msgs/msg/Path",
    "rviz_default_plugins/Image": "sensor_msgs/msg/Image",
}


def displays():
    """Topic -> display, for all that show one."""
    config = yaml.safe_load((source_root() / "config" / "bulwark.rviz").read_text())
    shown = [d for d in config["Visualization Manager"]["Displays"] if "Topic" in d]
    return {display["Topic"]["Value"]: display for display in shown}


def test_every_display_has_a_topic_of_its_type_and_reliability():
    topics = load_manifest().topics
    for name, display in displays().items():
        assert topics[name].type == KINDS[display["Class"]], name
        best_effort = display["Topic"].get("Reliability Policy") == "Best Effort"
        assert best_effort == (topics[name].qos.value == "sensor"), name


def test_every_debug_output_has_a_display():
    ports = [p for n in load_manifest().nodes.values() for p in n.of(Direction.DEBUG)]
    assert {port.topic.name for port in ports} <= set(displays())


def test_what_costs_time_is_off_until_it_is_asked_for():
    stages = load_manifest().nodes["lidar_perception"].of(Direction.DEBUG)
    hidden = {p.topic.name for p in stages if not displays()[p.topic.name]["Enabled"]}
    assert hidden == {p.topic.name for p in stages if p.name != "markers"}
