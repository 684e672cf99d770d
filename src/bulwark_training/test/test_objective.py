# SPDX-License-Identifier: Apache-2.0
"""The loss, the assignment of cells, and the network's shapes; needs PyTorch."""

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="PyTorch is there only where somebody trains")

from bulwark_camera.tensors import Layout  # noqa: E402
from bulwark_camera.yolox import decode  # noqa: E402
from bulwark_training.labels import OPEN  # noqa: E402
from bulwark_training.network import Deployed, Detector  # noqa: E402
from bulwark_training.objective import Target, assign, grid_of, loss_of  # noqa: E402

CANVAS = (96, 160)
CELLS = 12 * 20 + 6 * 10 + 3 * 5


@pytest.fixture(autouse=True)
def one_thread():
    torch.set_num_threads(1)
    torch.manual_seed(1)


def target(*rows):
    values = torch.tensor(rows, dtype=torch.float32).reshape(-1, 5)
    return Target.of(values[:, :4], values[:, 4].long())


def perfect(grid, box, label):
    """Rows of a network that tells this box from every cell that is inside it, surely."""
    rows = torch.zeros(CELLS, 15)
    middle = torch.tensor([(box[0] + box[2]) / 2, (box[1] + box[3]) / 2])
    size = torch.tensor([box[2] - box[0], box[3] - box[1]], dtype=torch.float32)
    rows[:, :2] = middle / grid.strides - grid.cells
    rows[:, 2:4] = torch.log(size / grid.strides)
    rows[:, 4:] = -9.0
    sure = (grid.middles > torch.tensor(box[:2])) & (grid.middles < torch.tensor(box[2:]))
    rows[sure.all(dim=1), 4] = 9.0
    rows[sure.all(dim=1), 5 + label] = 9.0
    return rows


def test_cells_are_those_of_the_decoder():
    """What `Grid.boxes` makes of rows, the node's decoder makes of them, too."""
    rows = torch.randn(1, CELLS, 15) * 0.5
    grid = grid_of(CANVAS)
    boxes = grid.boxes(rows)[0].numpy()
    rows[..., 4:] = 1.0
    np.testing.assert_allclose(
        decode({"output": rows.numpy()}, Layout(CANVAS), 0.5).boxes, boxes, atol=1e-3
    )


def test_network_has_a_row_for_each_cell():
    network = Deployed(Detector()).eval()
    with torch.no_grad():
        rows = network(torch.rand(1, 3, *CANVAS) * 255.0)
    assert rows.shape == (1, CELLS, 15)
    assert 0.0 < float(rows[..., 4:].min()) <= float(rows[..., 4:].max()) < 0.2


def test_assigned_cells_are_near_the_middle_of_their_box():
    grid, box = grid_of(CANVAS), (40.0, 30.0, 80.0, 70.0)
    rows = perfect(grid, box, 3)
    cell, number, overlap = assign(rows, grid.boxes(rows), target((*box, 3)), grid)
    assert 1 <= len(cell) <= 10
    assert (number == 0).all()
    assert overlap.min() > 0.99
    offset = (grid.middles[cell] - torch.tensor([60.0, 50.0])).abs()
    assert (offset < 2.0 * grid.strides[cell]).all()


def test_every_box_gets_cells_of_its_own():
    grid = grid_of(CANVAS)
    rows = torch.zeros(CELLS, 15)
    boxes = target((10, 10, 26, 26, 0), (100, 40, 150, 90, 1), (14, 14, 30, 30, 2))
    cell, number, _ = assign(rows, grid.boxes(rows), boxes, grid)
    assert sorted(set(number.tolist())) == [0, 1, 2]
    assert len(set(cell.tolist())) == len(cell)


def test_a_perfect_answer_costs_less():
    grid, box = grid_of(CANVAS), (40.0, 30.0, 80.0, 70.0)
    good = perfect(grid, box, 3)[None]
    wrong_place, wrong_class = good.clone(), good.clone()
    wrong_place[..., 0] += 1.0
    wrong_class[..., 5:] = good[..., 5:].roll(1, dims=2)
    truth = [target((*box, 3))]
    best = loss_of(good, truth, grid)
    assert loss_of(wrong_place, truth, grid)["box"] > best["box"] + 0.1
    assert loss_of(wrong_class, truth, grid)["label"] > best["label"] + 1.0


def test_regions_that_are_left_open_cost_nothing():
    grid = grid_of(CANVAS)
    rows = perfect(grid, (40.0, 30.0, 80.0, 70.0), 3)[None]
    empty = loss_of(rows, [target()], grid)["objectness"]
    left_open = loss_of(rows, [target((30, 20, 90, 80, OPEN))], grid)["objectness"]
    assert left_open < 0.05 * empty


def test_it_learns_one_picture():
    """Some steps on one picture bring the loss down: gradients reach all that matters."""
    network, grid = Detector(), grid_of(CANVAS)
    picture = torch.full((2, 3, *CANVAS), 60.0)
    picture[:, 1, 30:70, 40:80] = 220.0
    truth = [target((40, 30, 80, 70, 3))] * 2
    optimizer = torch.optim.AdamW(network.parameters(), lr=2e-3)
    losses = []
    for _ in range(12):
        loss = loss_of(network(picture), truth, grid)["total"]
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(float(loss.detach()))
    assert np.mean(losses[-3:]) < 0.6 * np.mean(losses[:3])
