# SPDX-License-Identifier: Apache-2.0
"""`bulwark bench lidar` from the outside on few points, and its parts against known answers."""

import json
import os
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from bulwark_cli.bench.lidar.baselines.all import BASELINES
from bulwark_cli.bench.lidar.baselines.base import BaselineMissingError, Given
from bulwark_cli.bench.lidar.cli import lidar
from bulwark_cli.bench.lidar.finding import Found, compare
from bulwark_cli.bench.lidar.frames import Frame
from bulwark_cli.bench.lidar.one_core import one_core
from bulwark_cli.bench.lidar.recorded import SHOWN, recorded_drives
from bulwark_cli.bench.lidar.scaling import ScalingPoint, fit
from bulwark_cli.bench.lidar.scaling_plot import scaling_svg
from bulwark_cli.main import main
from bulwark_core.geometry import rigid
from bulwark_core.objects import TrackedObject

DATA = Path(os.environ.get("BULWARK_DATA", Path(__file__).parents[4] / "shared" / "data"))
QUICK = [key for key in BASELINES if key != "pcl_euclidean"]  # which may have to be compiled
MOUNT = rigid(1.0, 0.0, 1.73)


def call(*arguments):
    return CliRunner().invoke(lidar, arguments, standalone_mode=False, catch_exceptions=False)


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """Output, result and plot of a small run with two sizes of scans."""
    folder = tmp_path_factory.mktemp("bench")
    ended = call(
        "--points", "20000", "--scans", "3", "--repeat", "1", "--baselines", ",".join(QUICK),
        "--scaling", "8000,3000", "--json", str(folder / "new" / "lidar.json"),
        "--plot", str(folder / "lidar.svg"),
    )  # fmt: skip
    result = json.loads((folder / "new" / "lidar.json").read_text())
    return ended.output, result, (folder / "lidar.svg").read_text()


def test_the_json_has_positive_figures_under_its_fixed_names(run):
    _, result, _ = run
    assert result["cores"] == 1
    assert result["points"] == pytest.approx(20_000, rel=0.1)
    assert result["scans"] == 3
    assert 0.0 < result["chain_ms"]["p50"] <= result["chain_ms"]["p99"]
    assert {"cloud", "ground", "clusters", "boxes", "tracks"} <= result["stages_ms"].keys()
    assert all(ms > 0.0 for ms in result["stages_ms"].values())
    assert list(result["baselines_ms"]) == QUICK
    for key, ms in result["baselines_ms"].items():
        assert result["ratios"][key] == pytest.approx(ms / result["chain_ms"]["p50"])


def test_every_baseline_found_something(run):
    _, result, _ = run
    assert all(result["runs"][key] >= 1 and result["counts"][key] > 0 for key in QUICK)
    clustering = [key for key in QUICK if BASELINES[key].clusters]
    assert list(result["found"]) == ["chain", *clustering]
    assert all(found["recall"] > 0.3 for found in result["found"].values())


def test_scaling_is_in_order_of_points(run):
    _, result, _ = run
    points = [step["points"] for step in result["scaling"]]
    assert points == pytest.approx([3000, 8000], rel=0.1)
    assert all(step["chain_ms"] > 0.0 for step in result["scaling"])
    assert np.isfinite(result["scaling_exponent"])


def test_table_and_plot_show_them(run):
    output, result, svg = run
    assert all(key in output for key in QUICK)
    assert f"points^{result['scaling_exponent']:.2f}" in output
    circles = ET.fromstring(svg).findall("{http://www.w3.org/2000/svg}circle")
    assert len(circles) == len(result["scaling"])
    assert f"{result['scaling_exponent']:.2f}" in svg


@pytest.mark.parametrize(
    "arguments, words",
    [
        (["--data", "no/such/folder"], "no such file or folder"),
        (["--data", "{empty}"], "holds no bag and no scans"),
        (["--data", "{odd}"], "no rows of x y z intensity"),
        (["--data", "{other}"], "it has: points"),
        (["--baselines", "sklearn_dbscam"], "did you mean 'sklearn_dbscan'"),
        (["--scaling", "30000"], "two or more numbers of points"),
        (["--scaling", "none", "--plot", "x.svg"], "leave out --scaling none"),
    ],
)
def test_what_is_wrong_is_one_line_and_2(tmp_path, capsys, arguments, words):
    folders = {name: tmp_path / name for name in ("empty", "odd", "other")}
    for folder in folders.values():
        folder.mkdir()
    np.zeros(7, np.float32).tofile(folders["odd"] / "scan.bin")
    np.savez(folders["other"] / "scan.npz", points=np.zeros((5, 4)))
    with pytest.raises(SystemExit) as ended:
        main(["bench", "lidar", *(text.format(**folders) for text in arguments)])
    error = capsys.readouterr().err
    assert ended.value.code == 2
    assert error.startswith("error: ")
    assert error.count("\n") == 1
    assert words in error


def test_a_missing_package_leaves_its_row_out_and_is_named(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "pypatchworkpp", None)
    file = tmp_path / "lidar.json"
    ended = call(
        "--points", "3000", "--scans", "1", "--repeat", "1", "--scaling", "none",
        "--baselines", "pypatchworkpp_ground", "--json", str(file),
    )  # fmt: skip
    result = json.loads(file.read_text())
    assert result["baselines_ms"] == {}
    assert result["left_out"] == {
        "pypatchworkpp_ground": "not installed: pip install pypatchworkpp"
    }
    assert "pip install pypatchworkpp" in ended.output
    assert (result["scaling"], result["scaling_exponent"]) == ([], None)


def two_blocks_on_a_road():
    """In the sensor's frame: a road, and two blocks 12 m apart that stand on it."""
    rng = np.random.default_rng(0)
    road = np.column_stack([rng.uniform(-30.0, 30.0, (40_000, 2)), rng.normal(0.0, 0.01, 40_000)])
    blocks = [rng.uniform((x, -1.0, 0.3), (x + 2.0, 1.0, 1.5), (2000, 3)) for x in (8.0, 20.0)]
    standing = np.vstack(blocks)
    down = np.array([0.0, 0.0, 1.73])
    return (np.vstack([road, standing]) - down).astype(np.float32), standing.astype(np.float32)


@pytest.mark.parametrize(
    "key", [pytest.param(k, marks=pytest.mark.slow if k not in QUICK else ()) for k in BASELINES]
)
def test_baselines_on_two_blocks(key):
    xyz, standing = two_blocks_on_a_road()
    baseline = BASELINES[key]
    try:
        answer = baseline.start()(Given(xyz, rigid(z=1.73), standing))
    except BaselineMissingError as why:
        pytest.skip(f"{key}: {why}")
    assert len(answer.xyz) == len(answer.labels)
    if not baseline.clusters:
        ground = answer.labels == 0
        assert ground[:40_000].mean() > 0.9
        assert ground[40_000:].mean() < 0.1
        return
    assert answer.count == 2
    for label in range(2):
        x = answer.xyz[answer.labels == label, 0]
        assert x.max() - x.min() < 2.3
        assert len(x) > 100


def thing(number, x):
    return TrackedObject(number, x, 0.0, 0.75, 0.0, length=4.0, width=2.0, height=1.5)


def frame_of(*things):
    """Forty returns on each thing's rear, in the frame of a sensor at MOUNT."""
    y, z = np.meshgrid(np.linspace(-0.9, 0.9, 10), np.linspace(0.4, 1.4, 4))
    xyz = np.vstack([np.column_stack([np.full(40, t.x - 2.0), y.flat, z.flat]) for t in things])
    return Frame(1, (xyz - MOUNT[:3, 3]).astype(np.float32), mount=MOUNT, truth=things)


def block(low, high):
    return np.array([[low, -1.0], [high, -1.0], [high, 1.0], [low, 1.0]])


@pytest.mark.parametrize(
    "spans, expected",
    [
        ([], Found(1, 2, 0, 0, 0, 0)),
        ([block(7.9, 8.1), block(17.9, 18.1)], Found(1, 2, 2, 2, 0, 0)),
        ([block(7.9, 18.1)], Found(1, 2, 2, 1, 0, 1)),  # one for both
        ([block(7.9, 8.1)[:2]], Found(1, 2, 0, 1, 0, 0)),  # no wider than its margin: a tenth
        ([block(30.0, 31.0), block(7.9, 8.1)], Found(1, 2, 1, 2, 1, 0)),  # one is made of ground
        ([block(60.0, 61.0)], Found(1, 2, 0, 0, 0, 0)),  # too far to count
    ],
)
def test_obstacles_beside_the_truth(spans, expected):
    frame = frame_of(thing(1, 10.0), thing(2, 20.0), thing(3, 50.0))
    assert compare(frame, MOUNT, spans) == expected


def test_single_scans_are_shown_by_a_standing_car(tmp_path):
    xyzi = np.arange(24, dtype=np.float32).reshape(6, 4)
    xyzi[2, 1] = np.nan
    np.savez(tmp_path / "a.npz", xyzi=xyzi)
    xyzi[:3].tofile(tmp_path / "b.bin")
    drives = recorded_drives(tmp_path, 9)
    assert [len(drive) for drive in drives] == [SHOWN, SHOWN]
    assert [len(drive[0].xyz) for drive in drives] == [5, 2]
    assert (np.diff([frame.stamp_ns for frame in drives[0]]) > 0).all()
    assert all(frame.ego.speed == 0.0 for frame in drives[0])
    assert len(recorded_drives(tmp_path, 1)) == 1


@pytest.fixture
def bags():
    if not DATA.is_dir():
        pytest.skip(f"no recordings in {DATA} (set BULWARK_DATA)")
    return DATA / "bags"


@pytest.mark.data
def test_a_bag_is_played_with_its_own_motion_and_mount(bags):
    (street,), (lead,) = (
        recorded_drives(bags / f"kitti_{b}", 4) for b in ("street", "lead_vehicle")
    )
    assert len(street) == len(lead) == 4
    assert all(len(frame.xyz) > 100_000 for frame in (*street, *lead))
    way = [np.hypot(frame.ego.x, frame.ego.y) for frame in street]
    assert 1.5 < way[-1] - way[0] < 3.5  # 8 m/s for 0.3 s
    assert all(frame.mount is None for frame in street)  # that bag does not tell
    assert all(frame.mount[2, 3] == pytest.approx(1.73, abs=0.1) for frame in lead)


def test_one_core_is_for_every_thread_and_ends():
    before = os.sched_getaffinity(0)
    with one_core():
        tasks = [int(task.name) for task in Path("/proc/self/task").iterdir()]
        assert {len(os.sched_getaffinity(task)) for task in tasks} == {1}
        assert os.environ["OMP_NUM_THREADS"] == "1"
    assert os.sched_getaffinity(0) == before


def test_a_power_law_is_fitted_exactly():
    curve = [ScalingPoint(n, 0.002 * n**0.8) for n in (1000, 5000, 70_000)]
    assert fit(curve) == pytest.approx((0.8, 0.002))
    assert "Q&amp;A 9000" in scaling_svg(curve, "Q&A 9000")
