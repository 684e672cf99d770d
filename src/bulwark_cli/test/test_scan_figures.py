# SPDX-License-Identifier: Apache-2.0
"""Figures of scans against rings with known noise and known gaps; the world's labelled scans."""

import numpy as np
import pytest

from bulwark_cli.evaluate.labelled_scans import Kind, LabelledScan
from bulwark_cli.evaluate.scan_figures import BINS, figures_of
from bulwark_cli.evaluate.scan_plot import draw
from bulwark_cli.evaluate.world_scans import HEIGHT, world_scans

STEP = np.radians(0.2)


def ring(noise=0.0, lost=0.0, seed=1, turns=8):
    """Ground seen by rings that go round 10 to 17 m away."""
    rng = np.random.default_rng(seed)
    azimuth = np.tile(np.arange(-np.pi, np.pi, STEP), turns)
    level = np.repeat(np.linspace(10.0, 17.0, turns), len(azimuth) // turns)
    level = level + rng.normal(0.0, noise, len(azimuth))
    kept = rng.random(len(azimuth)) >= lost
    xyz = np.column_stack(
        [level * np.cos(azimuth), level * np.sin(azimuth), np.full(len(azimuth), -HEIGHT)]
    )[kept]
    count = len(xyz)
    return LabelledScan(
        "made", "up", xyz.astype(np.float32), np.full(count, 0.3, np.float32),
        np.full(count, Kind.GROUND, np.int8), None, False,
    )  # fmt: skip


@pytest.mark.parametrize("noise", [0.0, 0.01, 0.03])
def test_noise_is_found(noise):
    assert figures_of([ring(noise)]).noise["ground"] == pytest.approx(noise, rel=0.1, abs=1e-5)


@pytest.mark.parametrize("lost", [0.0, 0.05, 0.2])
def test_missing_returns_are_found(lost):
    assert figures_of([ring(lost=lost)]).missing["ground"] == pytest.approx(lost, abs=0.01)


def test_what_is_not_there_has_no_figure():
    figures = figures_of([ring()])
    assert np.isnan(figures.missing["car"])
    assert figures.intensity["ground"] == pytest.approx([0.3] * 5)
    assert figures.median_points("car") == [(0, pytest.approx(np.nan, nan_ok=True))] * 6


def test_the_world_s_things_have_fewer_points_the_farther_they_are(tmp_path):
    scans = list(world_scans(2, seed=3))
    figures = figures_of(scans)
    cars = figures.points["car"]
    near = [n for d, n in cars if d < 20.0]
    far = [n for d, n in cars if d > 35.0]
    assert min(near) > max(far)
    assert figures.noise["ground"] == pytest.approx(0.012, rel=0.15)
    again = next(world_scans(1, seed=3))
    assert again.xyz.tobytes() == scans[0].xyz.tobytes()
    draw(figures, figures, tmp_path / "plot.png")
    assert (tmp_path / "plot.png").read_bytes()[:4] == b"\x89PNG"
    assert len(figures.median_points("car")) == len(BINS) - 1
