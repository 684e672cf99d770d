# SPDX-License-Identifier: Apache-2.0
"""`bulwark evaluate lidar` on made-up labelled scans whose score is known."""

from __future__ import annotations

import json
import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bulwark_cli.evaluate.kitti_boxes import points_in_boxes
from bulwark_cli.evaluate.labelled_scans import Kind, LabelledScan, find_scans, read_scans
from bulwark_cli.evaluate.outlines import distance_to, nearest_outline
from bulwark_cli.evaluate.segments import segments
from bulwark_cli.main import _run

HEIGHT = 1.73
KEYS = {
    "scans", "ground", "recall_20m", "recall_40m", "recall_by_class", "ghosts_corridor_per_scan",
    "ghosts_per_scan", "wall_pillar_accuracy", "by_folder",
}  # fmt: skip
CALIBRATION = "R0_rect: 1 0 0 0 1 0 0 0 1\nTr_velo_to_cam: 0 -1 0 0 0 0 -1 0 1 0 0 0\n"
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


def failure(folder, capsys, file=""):
    """The one line that is printed for a folder, or a file in it, that cannot be evaluated."""
    assert _run(["evaluate", "lidar", "--data", str(folder)]) == 2
    error = capsys.readouterr().err.strip()
    assert error.startswith(f"error: {folder / file}: ")
    assert len(error.splitlines()) == 1
    return error


def test_folders_without_scans_are_named(tmp_path, capsys):
    assert "no labelled scan" in failure(tmp_path, capsys)
    assert "no such folder" in failure(tmp_path / "scans", capsys)


def test_labels_that_do_not_fit_are_told(tmp_path, capsys):
    np.zeros((5, 4), np.float32).tofile(tmp_path / "a.bin")
    np.zeros(3, np.int16).tofile(tmp_path / "a.int16")
    assert "not a labelled scan: 5 points but 3 labels" in failure(tmp_path, capsys, "a.bin")


def archive(folder, **arrays):
    np.savez_compressed(folder / "a.npz", **arrays)
    return (folder / "a.npz").read_bytes()


def spoilt_archives(folder):
    """Contents of archives that hold no scan, by what is wrong."""
    xyzi, label = np.random.default_rng(0).normal(size=(500, 4)), np.full(500, 9)
    good = archive(folder, xyzi=xyzi, label=label)
    return {
        "empty": b"",
        "no archive": b"no archive",
        "cut off": good[: len(good) // 2],
        "overwritten": good[:1000] + bytes(100) + good[1100:],
        "no labels": archive(folder, xyzi=xyzi),
        "no points": archive(folder, xyzi=xyzi[:0], label=label[:0]),
        "only NaN": archive(folder, xyzi=np.full_like(xyzi, np.nan), label=label),
        "no intensity": archive(folder, xyzi=xyzi[:, :3], label=label),
        "one label": archive(folder, xyzi=xyzi, label=9),
        "words": archive(folder, xyzi=xyzi, label=label.astype(str)),
    }


SPOILT = (
    "empty", "no archive", "cut off", "overwritten", "no labels", "no points", "only NaN",
    "no intensity", "one label", "words",
)  # fmt: skip


@pytest.mark.parametrize("what", SPOILT)
def test_a_broken_archive_is_named(what, tmp_path, capsys):
    content = spoilt_archives(tmp_path)[what]
    (tmp_path / "a.npz").write_bytes(content)
    assert "not a labelled scan: " in failure(tmp_path, capsys, "a.npz")


@pytest.mark.parametrize("calibration", [None, "", "R0_rect: a b\n", "P0: 1\n"])
def test_a_broken_calibration_is_named(calibration, tmp_path, capsys):
    kitti_folder(tmp_path, [[10.0, 2.0, -1.0, 0.1]], ["Car 0 0 0 0 0 0 0 1 2 4 -2 1.7 10 0"])
    (tmp_path / "calib" / "7.txt").unlink()
    if calibration is not None:
        (tmp_path / "calib" / "7.txt").write_text(calibration)
    assert "not a labelled scan: " in failure(tmp_path, capsys, "velodyne/7.bin")


@pytest.mark.parametrize("line", ["", "Car 0 0", "Car 0 0 0 0 0 0 0 1 2 wide -2 1.7 10 0"])
def test_a_broken_box_is_named(line, tmp_path, capsys):
    kitti_folder(tmp_path, [[10.0, 2.0, -1.0, 0.1]], [line, "Car 0 0 0 0 0 0 0 1 2 4 -2 1.7 10 0"])
    assert "not a labelled scan: " in failure(tmp_path, capsys, "velodyne/7.bin")


@pytest.mark.parametrize("option", ["--json", "--pictures"])
def test_what_cannot_be_written_is_named(option, scans, tmp_path, capsys):
    (tmp_path / "file").write_text("")
    target = tmp_path / "file" / "below"
    assert _run(["evaluate", "lidar", "--data", str(scans), option, str(target)]) == 2
    error = capsys.readouterr().err.strip()
    assert error.startswith(f"error: cannot write {target}")
    assert len(error.splitlines()) == 1


def test_rays_that_met_nothing_are_left_out(tmp_path):
    xyzi = np.array([[10, 2, -1, 0.1], [np.nan, 2, -1, 0.2], [8, np.inf, -1, 0.3], [9, 1, 0, 0.4]])
    np.savez(tmp_path / "a.npz", xyzi=xyzi, label=np.array([0, 3, 5, 7]))
    (scan,) = read_scans(find_scans(tmp_path))
    assert scan.xyz[:, 0].tolist() == [10.0, 9.0]
    assert scan.intensity.tolist() == np.float32([0.1, 0.4]).tolist()
    assert scan.kinds.tolist() == [Kind.GROUND, Kind.CAR]


@pytest.mark.parametrize(
    "folder, labels, kinds",
    [
        ("ika", [2, 3, 7], [Kind.BUILDING, Kind.POLE, Kind.CAR]),
        ("nuscenes", [2, 3, 7], [Kind.BUILDING, Kind.BARRIER, Kind.CAR]),
        ("semantickitti", [2, 3, 7], [Kind.TWO_WHEELER] * 3),
        ("any", [13, 18, 1], [Kind.BUILDING, Kind.POLE, Kind.CAR]),
        ("any", [13, 0, 255], [Kind.BUILDING, Kind.UNKNOWN, Kind.UNKNOWN]),
    ],
)
def test_an_archives_labels_are_read_by_where_it_lies(folder, labels, kinds, tmp_path):
    (tmp_path / folder).mkdir()
    archive(tmp_path / folder, xyzi=np.ones((3, 4)), label=np.array(labels, np.uint8))
    (scan,) = read_scans(find_scans(tmp_path))
    assert scan.kinds.tolist() == kinds
    assert scan.has_shapes is (folder != "nuscenes")
    assert scan.has_terrain is (folder in ("semantickitti", "any"))


def test_boxes_of_kitti_hold_their_points(tmp_path):
    """A car 10 m ahead: camera axes are x right, y down, z ahead; the box stands on its y."""
    (tmp_path / "c.txt").write_text(CALIBRATION)
    (tmp_path / "l.txt").write_text(
        "DontCare -1 -1 -10 0 0 0 0 -1 -1 -1 -1000 -1000 -1000 -10\n"
        "Car 0 0 0 0 0 0 0 1.5 1.8 4.0 -2.0 1.7 10.0 -1.5707963\n"
    )
    inside, outside = (10.0, 2.0, -1.0), (13.0, 2.0, -1.0)
    xyz = np.array([inside, outside, (10.0, 3.2, -1.0), (10.0, 2.0, 0.5)], np.float32)
    found, names = points_in_boxes(xyz, tmp_path / "l.txt", tmp_path / "c.txt")
    assert names == ["Car"]
    assert found.tolist() == [0, -1, -1, -1]


def test_boxes_of_kitti_turn_about_the_cameras_y(tmp_path):
    """A quarter turn: what is 1.5 m ahead of the middle is in the long side, not in the wide."""
    (tmp_path / "c.txt").write_text(CALIBRATION)
    xyz = np.array([[11.5, 2.0, -1.0], [10.0, 3.5, -1.0]], np.float32)
    for turn, expected in ((0.0, [-1, 0]), (-math.pi / 2, [0, -1])):
        line = f"Car 0 0 0 0 0 0 0 1.5 1.8 4.0 -2.0 1.7 10.0 {turn}"
        (tmp_path / "l.txt").write_text(line)
        found, _ = points_in_boxes(xyz, tmp_path / "l.txt", tmp_path / "c.txt")
        assert found.tolist() == expected


def kitti_folder(folder, xyzi, lines):
    """A scan of the KITTI object layout, whose camera sits in the lidar."""
    for name in ("velodyne", "label_2", "calib"):
        (folder / name).mkdir(parents=True)
    np.asarray(xyzi, np.float32).tofile(folder / "velodyne" / "7.bin")
    (folder / "calib" / "7.txt").write_text(CALIBRATION)
    (folder / "label_2" / "7.txt").write_text("\n".join(lines) + "\n")


def test_a_kitti_folder_is_read(tmp_path):
    kitti_folder(
        tmp_path,
        [[10.0, 2.0, -1.0, 0.1], [20.0, 2.0, -1.0, 0.1]],
        ["Cyclist 0 0 0 0 0 0 0 1.5 1.8 4.0 -2.0 1.7 10.0 -1.57"],
    )
    (scan,) = read_scans(find_scans(tmp_path))
    assert scan.kinds.tolist() == [Kind.TWO_WHEELER, Kind.UNKNOWN]
    assert scan.instances.tolist() == [0, -1]


def test_a_kitti_folder_is_scored_without_ground_or_shapes(scene, tmp_path):
    """The car's face of the scene in one box, and road in another that nothing stands in."""
    box = "{} 0 0 0 0 0 0 0 1.6 2.4 1.0 {} 1.73 {} -1.5707963"
    kitti_folder(
        tmp_path / "k",
        scene[0],
        [box.format("Car", -3.0, 12.0), box.format("Pedestrian", 9.0, 9.0)],
    )
    file = tmp_path / "figures.json"
    assert _run(["evaluate", "lidar", "--data", str(tmp_path), "--json", str(file)]) == 0
    figures = json.loads(file.read_text())
    assert figures["recall_by_class"] == {"car": 1.0}
    assert figures["ground"]["recall"] is None
    assert figures["wall_pillar_accuracy"] is None
    assert set(figures["by_folder"]) == {"k"}


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


def test_instances_are_things_however_near_they_are():
    rng = np.random.default_rng(0)
    one, other = (face(rng, 10.0, y, 0.5, 0.3, 1.5) for y in (-0.25, 0.25))
    scan = labelled(np.vstack([one, other]), [Kind.CAR] * (len(one) + len(other)))
    assert len(segments(scan, 40.0)) == 1
    numbers = np.repeat(np.array([0, 1], np.int32), [len(one), len(other)])
    things = segments(replace(scan, instances=numbers), 40.0)
    assert [set(numbers[thing.points]) for thing in things] == [{0}, {1}]


def test_what_lies_flat_or_is_tiny_need_not_be_found():
    rng = np.random.default_rng(0)
    flat = np.column_stack([rng.uniform(9, 11, (300, 2)), np.full(300, -HEIGHT + 0.1)])
    few = face(rng, 8.0, 0.0, 0.1, 0.3, 0.5)
    ground = np.column_stack([rng.uniform(5, 15, (200, 2)), np.full(200, -HEIGHT)])
    assert 0 < len(few) < 10
    kinds = [Kind.CAR] * (len(flat) + len(few)) + [Kind.GROUND] * 200
    assert segments(labelled(np.vstack([flat, few, ground]), kinds), 40.0) == []


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


def polygon(corners, turn):
    """A regular outline of radius 1, counter-clockwise."""
    angle = turn + np.arange(corners) * 2.0 * math.pi / corners
    return np.column_stack([np.cos(angle), np.sin(angle)])


@given(
    st.integers(3, 9), st.floats(0.0, 6.0), st.floats(0.2, 8.0), st.floats(-5.0, 5.0),
    st.integers(0, 1000),
)  # fmt: skip
@settings(max_examples=60, deadline=None, derandomize=True)
def test_distances_are_those_to_the_nearest_of_many_points(corners, turn, long, x, seed):
    outline = polygon(corners, turn) * (long, 1.0) + (x, 0.0)
    points = np.random.default_rng(seed).uniform(-10.0, 10.0, (40, 2))
    share = np.linspace(0.0, 1.0, 400)[:, None, None]
    border = (outline + share * (np.roll(outline, -1, axis=0) - outline)).reshape(-1, 2)
    expected = np.linalg.norm(points[:, None] - border[None], axis=2).min(axis=1)
    expected[[is_inside(point, outline) for point in points]] = 0.0
    step = np.linalg.norm(np.roll(outline, -1, axis=0) - outline, axis=1).max() / 399
    assert distance_to(points, outline) == pytest.approx(expected, abs=step)


def is_inside(point, outline):
    """Whether the outline winds round a point: its corners' bearings go once about."""
    bearing = np.unwrap(np.arctan2(*(np.vstack([outline, outline[:1]]) - point).T[::-1]))
    return abs(bearing[-1] - bearing[0]) > math.pi
