# SPDX-License-Identifier: Apache-2.0
"""`bulwark evaluate lidar` on made-up labelled scans whose score is known."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest

from bulwark_cli.evaluate.kitti_boxes import points_in_boxes
from bulwark_cli.evaluate.labelled_scans import Kind, LabelledScan, find_scans, read_scans
from bulwark_cli.evaluate.outlines import nearest_outline
from bulwark_cli.evaluate.segments import segments
from bulwark_cli.main import _run

HEIGHT = 1.73
KEYS = {
    "scans", "ground", "recall_20m", "recall_40m", "recall_by_class", "ghosts_corridor_per_scan",
    "ghosts_per_scan", "wall_pillar_accuracy", "by_folder",
}  # fmt: skip
GROUND_KEYS = {"precision", "recall", "f1", "precision_no_vegetation", "f1_pypatchworkpp"}


def road(rng):
    """Points on a flat road, as rings of a lidar."""
    bearing = np.tile(np.linspace(-math.pi, math.pi, 700, endpoint=False), 40)
    reach = np.repeat(np.geomspace(4.0, 60.0, 40), 700)
    z = -HEIGHT + rng.normal(0.0, 0.01, len(reach))
    return np.column_stack([reach * np.cos(bearing), reach * np.sin(bearing), z])


def face(rng, x, y, width, low, high):
    """Points on an upright face that looks at the sensor from ahead, heights above the road."""
    across, up = np.arange(-width / 2, width / 2 + 0.01, 0.05), np.arange(low, high, 0.1)
    across, up = (values.ravel() for values in np.meshgrid(across, up))
    depth = rng.normal(0.0, 0.01, len(up))
    return np.column_stack([x + depth, y + across, up - HEIGHT])


@pytest.fixture(scope="module")
def scene():
    """Points, and SemanticKITTI train ids: a road, a car, a wall, a pole and a heap of road."""
    rng = np.random.default_rng(0)
    parts = [
        (road(rng), 9),
        (face(rng, 12.0, 3.0, 1.8, 0.2, 1.5), 1),
        (face(rng, 18.0, -6.0, 6.0, 0.2, 3.0), 13),
        (face(rng, 14.0, 7.0, 0.2, 0.2, 3.0), 18),
        (face(rng, 10.0, -0.5, 1.0, 0.3, 1.2), 9),
    ]
    xyz = np.vstack([points for points, _ in parts])
    labels = np.concatenate([np.full(len(points), label) for points, label in parts])
    return np.column_stack([xyz, np.full(len(xyz), 0.3)]).astype(np.float32), labels


@pytest.fixture(scope="module")
def scans(scene, tmp_path_factory):
    """The scene in the two layouts with a label per point."""
    folder, (xyzi, labels) = tmp_path_factory.mktemp("scans"), scene
    (folder / "full").mkdir()
    xyzi.tofile(folder / "full" / "a.bin")
    labels.astype(np.int16).tofile(folder / "full" / "a.int16")
    (folder / "ika").mkdir()
    ten = np.select([labels == 1, labels == 13, labels == 18], [7, 2, 3], 0).astype(np.uint8)
    np.savez(folder / "ika" / "b.npz", xyzi=xyzi, label=ten)
    return folder


@pytest.fixture(scope="module")
def result(scans, tmp_path_factory):
    out = tmp_path_factory.mktemp("out")
    arguments = ["evaluate", "lidar", "--data", str(scans), "--json", str(out / "figures.json")]
    assert _run([*arguments, "--pictures", str(out), "--misses"]) == 0
    return json.loads((out / "figures.json").read_text()), out


def test_the_json_has_the_fixed_keys(result):
    figures, _ = result
    assert set(figures) >= KEYS
    assert set(figures["ground"]) >= GROUND_KEYS
    assert set(figures["by_folder"]) == {"full", "ika"}
    assert figures["scans"] == 2


def test_what_stands_is_found_and_told(result):
    figures, _ = result
    assert figures["recall_20m"] == figures["recall_40m"] == 1.0
    assert figures["recall_by_class"] == {"car": 1.0, "pole": 1.0, "building": 1.0}
    assert figures["wall_pillar_accuracy"] == 1.0


def test_a_heap_labelled_ground_is_a_ghost_in_the_corridor(result):
    figures, _ = result
    assert figures["ghosts_per_scan"] == 1.0
    assert figures["ghosts_corridor_per_scan"] == 1.0


def test_ground_is_scored_where_labels_tell_grass_from_bushes(result):
    figures, _ = result
    assert figures["by_folder"]["full"]["ground"]["precision"] > 0.99
    assert 0.98 < figures["by_folder"]["full"]["ground"]["recall"] < 1.0  # without the heap
    assert figures["by_folder"]["ika"]["ground"]["recall"] is None


def test_pictures_are_drawn(result):
    _, out = result
    for name in ("full_a.png", "ika_b.png"):
        assert (out / name).read_bytes().startswith(b"\x89PNG")


def test_what_the_chain_does_not_look_at_is_missed(scene, tmp_path, capsys):
    """Returns from the own body are left out, so a thing that is labelled there cannot be found."""
    xyzi, labels = scene
    inside = face(np.random.default_rng(1), 1.0, 0.0, 0.8, 0.3, 1.5)
    xyz = np.vstack([xyzi[:, :3], inside])
    np.column_stack([xyz, np.zeros(len(xyz))]).astype(np.float32).tofile(tmp_path / "a.bin")
    ids = np.concatenate([labels, np.full(len(inside), 6)])
    ids.astype(np.int16).tofile(tmp_path / "a.int16")
    file = tmp_path / "figures.json"
    arguments = ["evaluate", "lidar", "--data", str(tmp_path), "--json", str(file), "--misses"]
    assert _run(arguments) == 0
    figures = json.loads(file.read_text())
    assert figures["recall_20m"] == 0.75
    assert figures["recall_by_class"]["person"] == 0.0
    assert "person at x 1.0 m" in capsys.readouterr().out


@pytest.mark.parametrize("what", ["missing", "empty", "labels", "npz"])
def test_bad_data_is_named_in_one_line(what, tmp_path, capsys):
    folder = tmp_path / "scans"
    if what != "missing":
        folder.mkdir()
    if what == "labels":
        np.zeros((5, 4), np.float32).tofile(folder / "a.bin")
        np.zeros(3, np.int16).tofile(folder / "a.int16")
    if what == "npz":
        (folder / "a.npz").write_bytes(b"no archive")
    assert _run(["evaluate", "lidar", "--data", str(folder)]) == 2
    error = capsys.readouterr().err.strip()
    named = {"labels": folder / "a.bin", "npz": folder / "a.npz"}.get(what, folder)
    assert f"{named}:" in error
    assert len(error.splitlines()) == 1


def test_boxes_of_kitti_hold_their_points(tmp_path):
    """A car 10 m ahead: camera axes are x right, y down, z ahead; the box stands on its y."""
    calibration = "R0_rect: 1 0 0 0 1 0 0 0 1\nTr_velo_to_cam: 0 -1 0 0 0 0 -1 0 1 0 0 0\n"
    (tmp_path / "c.txt").write_text(calibration)
    (tmp_path / "l.txt").write_text(
        "DontCare -1 -1 -10 0 0 0 0 -1 -1 -1 -1000 -1000 -1000 -10\n"
        "Car 0 0 0 0 0 0 0 1.5 1.8 4.0 -2.0 1.7 10.0 -1.5707963\n"
    )
    inside, outside = (10.0, 2.0, -1.0), (13.0, 2.0, -1.0)
    xyz = np.array([inside, outside, (10.0, 3.2, -1.0), (10.0, 2.0, 0.5)], np.float32)
    found, names = points_in_boxes(xyz, tmp_path / "l.txt", tmp_path / "c.txt")
    assert names == ["Car"]
    assert found.tolist() == [0, -1, -1, -1]


def test_a_kitti_folder_is_read(tmp_path):
    for name in ("velodyne", "label_2", "calib"):
        (tmp_path / name).mkdir()
    np.array([[10.0, 2.0, -1.0, 0.1]], np.float32).tofile(tmp_path / "velodyne" / "7.bin")
    (tmp_path / "calib" / "7.txt").write_text(
        "R0_rect: 1 0 0 0 1 0 0 0 1\nTr_velo_to_cam: 0 -1 0 0 0 0 -1 0 1 0 0 0\n"
    )
    (tmp_path / "label_2" / "7.txt").write_text(
        "Cyclist 0 0 0 0 0 0 0 1.5 1.8 4.0 -2.0 1.7 10.0 -1.57\n"
    )
    (scan,) = read_scans(find_scans(tmp_path))
    assert scan.kinds.tolist() == [Kind.TWO_WHEELER]
    assert scan.instances is not None


def labelled(xyz, kinds):
    points = np.asarray(xyz, np.float32)
    kinds = np.asarray(kinds, np.int8)
    return LabelledScan("f", "n", points, points[:, 0], kinds, None, has_terrain=True)


def test_points_of_one_kind_that_are_apart_are_two_things():
    rng = np.random.default_rng(0)
    one, other = (face(rng, 10.0, y, 0.5, 0.3, 1.5) for y in (-2.0, 2.0))
    ground = np.column_stack([rng.uniform(5, 15, (200, 2)), np.full(200, -HEIGHT)])
    xyz = np.vstack([one, other, ground])
    kinds = [Kind.CAR] * (len(one) + len(other)) + [Kind.GROUND] * 200
    assert len(segments(labelled(xyz, kinds), 40.0)) == 2
    assert len(segments(labelled(xyz, kinds), 8.0)) == 0


def test_what_hangs_high_need_not_be_found():
    rng = np.random.default_rng(0)
    sign = face(rng, 10.0, 0.0, 1.0, 2.5, 3.5)
    ground = np.column_stack([rng.uniform(5, 15, (200, 2)), np.full(200, -HEIGHT)])
    kinds = [Kind.POLE] * len(sign) + [Kind.GROUND] * 200
    assert segments(labelled(np.vstack([sign, ground]), kinds), 40.0) == []


def test_the_smallest_outline_that_holds_a_point_has_it():
    square = np.array([[1.0, 1.0], [-1.0, 1.0], [-1.0, -1.0], [1.0, -1.0]])
    points = np.array([[0.0, 0.0], [2.0, 0.0], [3.2, 0.0], [9.0, 9.0]])
    assert nearest_outline(points, [3.0 * square, square], 0.5).tolist() == [1, 0, 0, -1]
