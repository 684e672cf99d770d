# SPDX-License-Identifier: Apache-2.0
"""What the network is asked to do: cells for true boxes (SimOTA) and the loss. Needs PyTorch.

SimOTA as in YOLOX (Ge et al., arXiv 2107.08430): every true box takes the cells near its middle
that already tell it best, as many as the sum of their ten best overlaps.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from bulwark_training.labels import OPEN
from bulwark_training.network import STRIDES

_NEAR = 2.0  # cells from a box's middle
_BEST = 10
_BOX_WEIGHT, _FAR_COST, _IOU_COST = 5.0, 1e5, 3.0
_MOST = 6.0  # logarithm of a size in strides


@dataclass(frozen=True)
class Grid:
    """Cells of a canvas: their corners in strides (N, 2) and strides (N, 1) [px]."""

    cells: Tensor
    strides: Tensor

    @property
    def middles(self) -> Tensor:
        """(N, 2) [px]."""
        return (self.cells + 0.5) * self.strides

    def boxes(self, rows: Tensor) -> Tensor:
        """Corners (..., N, 4) [px] of the network's rows."""
        middle = (rows[..., :2] + self.cells) * self.strides
        half = 0.5 * rows[..., 2:4].clamp(max=_MOST).exp() * self.strides
        return torch.cat([middle - half, middle + half], dim=-1)


def grid_of(canvas: tuple[int, int]) -> Grid:
    """The cells of a canvas (height, width) in the order of the network's rows."""
    cells, strides = [], []
    for stride in STRIDES:
        rows, columns = torch.arange(canvas[0] // stride), torch.arange(canvas[1] // stride)
        y, x = torch.meshgrid(rows, columns, indexing="ij")
        cells.append(torch.stack([x.reshape(-1), y.reshape(-1)], dim=1).float())
        strides.append(torch.full((x.numel(), 1), float(stride)))
    return Grid(torch.cat(cells), torch.cat(strides))


@dataclass(frozen=True)
class Target:
    """True boxes (G, 4) [px] and classes (G,), and regions (R, 4) that are left open."""

    boxes: Tensor
    classes: Tensor
    regions: Tensor

    @classmethod
    def of(cls, boxes: Tensor, classes: Tensor) -> Target:
        """From boxes among which some are left open."""
        is_open = classes == OPEN
        return cls(boxes[~is_open], classes[~is_open], boxes[is_open])


def loss_of(rows: Tensor, targets: Sequence[Target], grid: Grid) -> dict[str, Tensor]:
    """Losses of a batch (B, N, 5 + C) by name; `total` is what is to be made small."""
    boxes = grid.boxes(rows)
    wanted = torch.zeros(rows.shape[:2])
    weight = torch.ones(rows.shape[:2])
    taken, true, classes, overlaps = [], [], [], []
    for k, target in enumerate(targets):
        weight[k][_inside(grid.middles, target.regions).any(dim=1)] = 0.0
        if not len(target.boxes):
            continue
        cell, box, overlap = assign(rows[k].detach(), boxes[k].detach(), target, grid)
        wanted[k, cell], weight[k, cell] = 1.0, 1.0
        taken.append(cell + k * rows.shape[1])
        true.append(target.boxes[box])
        classes.append(target.classes[box])
        overlaps.append(overlap)
    flat = rows.reshape(-1, rows.shape[2])
    count = max(int(wanted.sum()), 1)
    objectness = functional.binary_cross_entropy_with_logits(
        rows[..., 4], wanted, weight=weight, reduction="sum"
    )
    box_loss = label_loss = flat.sum() * 0.0
    if taken:
        cell, truth = torch.cat(taken), torch.cat(true)
        box_loss = (1.0 - _giou(boxes.reshape(-1, 4)[cell], truth)).sum()
        goal = functional.one_hot(torch.cat(classes), rows.shape[2] - 5).float()
        goal = goal * torch.cat(overlaps).clamp(0.0, 1.0)[:, None]
        label_loss = functional.binary_cross_entropy_with_logits(
            flat[cell, 5:], goal, reduction="sum"
        )
    total = (objectness + label_loss + _BOX_WEIGHT * box_loss) / count
    return {
        "total": total, "objectness": objectness / count, "label": label_loss / count,
        "box": box_loss / count,
    }  # fmt: skip


@torch.no_grad()
def assign(
    rows: Tensor, boxes: Tensor, target: Target, grid: Grid
) -> tuple[Tensor, Tensor, Tensor]:
    """Cells (P,), the true boxes that they are for (P,), and how well they overlap them (P,).

    rows (N, 5 + C) and boxes (N, 4): of one picture.
    """
    inside = _inside(grid.middles, target.boxes)
    middle = (target.boxes[:, :2] + target.boxes[:, 2:]) / 2.0
    offset = (grid.middles[:, None] - middle[None]).abs().amax(dim=2)
    near = offset < _NEAR * grid.strides
    candidates = (inside | near).any(dim=1).nonzero()[:, 0]
    overlap = _iou(boxes[candidates], target.boxes)  # (K, G)
    chance = (rows[candidates, 5:].sigmoid() * rows[candidates, 4:5].sigmoid()).sqrt()
    missed = -torch.log1p(-chance.clamp(max=1.0 - 1e-6)).sum(dim=1, keepdim=True)
    own = chance[:, target.classes].clamp(1e-6, 1.0 - 1e-6)
    label_cost = missed + torch.log1p(-own) - torch.log(own)
    cost = label_cost - _IOU_COST * torch.log(overlap + 1e-8)
    cost = cost + _FAR_COST * ~(inside & near)[candidates]
    chosen = _cheapest(cost, overlap)
    is_taken = chosen.any(dim=1)
    box = torch.where(chosen, cost, torch.inf)[is_taken].argmin(dim=1)
    rows_taken = is_taken.nonzero()[:, 0]
    return candidates[rows_taken], box, overlap[rows_taken, box]


def _cheapest(cost: Tensor, overlap: Tensor) -> Tensor:
    """Which cells (K, G) each true box takes."""
    best = overlap.topk(min(_BEST, len(overlap)), dim=0).values.sum(dim=0).int().clamp(min=1)
    rank = cost.argsort(dim=0).argsort(dim=0)
    return rank < best[None]


def _inside(points: Tensor, boxes: Tensor) -> Tensor:
    """Whether points (N, 2) are in boxes (G, 4): (N, G)."""
    low = points[:, None] - boxes[None, :, :2]
    high = boxes[None, :, 2:] - points[:, None]
    return torch.cat([low, high], dim=2).amin(dim=2) > 0.0


def _iou(a: Tensor, b: Tensor) -> Tensor:
    """(N, G)."""
    low = torch.maximum(a[:, None, :2], b[None, :, :2])
    high = torch.minimum(a[:, None, 2:], b[None, :, 2:])
    common = (high - low).clamp(min=0.0).prod(dim=2)
    area_a, area_b = ((x[:, 2:] - x[:, :2]).prod(dim=1) for x in (a, b))
    return common / (area_a[:, None] + area_b[None] - common).clamp(min=1e-6)


def _giou(a: Tensor, b: Tensor) -> Tensor:
    """Generalised IoU of pairs (N,) (Rezatofighi et al., CVPR 2019)."""
    low, high = torch.maximum(a[:, :2], b[:, :2]), torch.minimum(a[:, 2:], b[:, 2:])
    common = (high - low).clamp(min=0.0).prod(dim=1)
    union = sum((x[:, 2:] - x[:, :2]).prod(dim=1) for x in (a, b)) - common
    around = torch.maximum(a[:, 2:], b[:, 2:]) - torch.minimum(a[:, :2], b[:, :2])
    hull = around.prod(dim=1).clamp(min=1e-6)
    return common / union.clamp(min=1e-6) - (hull - union) / hull
