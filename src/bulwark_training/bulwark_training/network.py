# SPDX-License-Identifier: Apache-2.0
"""The network: plain convolutions, three scales, and YOLOX's output. Needs PyTorch.

All widths are multiples of 16 and everything is 3x3 or 1x1: what CPUs are fast at. The head is
that of YOLOX (Ge et al., arXiv 2107.08430) in small: one branch for the class, one for box and
objectness, the same weights on all scales. `bulwark_camera` reads its output as format `yolox`.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from bulwark_training.classes import CLASSES

STRIDES = (8, 16, 32)
_RARE = 0.01  # what objectness and classes begin with


def _conv(
    inputs: int, outputs: int, size: int = 3, stride: int = 1, border: int | None = None
) -> nn.Sequential:
    border = size // 2 if border is None else border
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, size, stride, border, bias=False),
        nn.BatchNorm2d(outputs, eps=1e-3, momentum=0.03),
        nn.ReLU(inplace=True),
    )


class _Residual(nn.Module):
    """Two convolutions beside a way past them."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.body = nn.Sequential(_conv(width, width), _conv(width, width))

    def forward(self, x: Tensor) -> Tensor:
        return x + self.body(x)


class _Backbone(nn.Module):
    """Features at strides 8, 16 and 32."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = _conv(3, 32, size=4, stride=4, border=0)
        self.fine = nn.Sequential(_conv(32, 64, stride=2), _Residual(64))
        self.middle = nn.Sequential(_conv(64, 96, stride=2), _Residual(96), _Residual(96))
        self.coarse = nn.Sequential(_conv(96, 128, stride=2), _Residual(128), _conv(128, 128))

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        fine = self.fine(self.stem(x))
        middle = self.middle(fine)
        return fine, middle, self.coarse(middle)


class _Pyramid(nn.Module):
    """What the coarse scales know, given to the finer ones, and once back."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.sides = nn.ModuleList(_conv(w, width, 1) for w in (64, 96, 128))
        self.down = nn.ModuleList(_conv(width, width, stride=2) for _ in range(2))
        self.join = nn.ModuleList(_conv(width, width) for _ in range(3))

    def forward(self, features: tuple[Tensor, Tensor, Tensor]) -> list[Tensor]:
        fine, middle, coarse = (side(x) for side, x in zip(self.sides, features, strict=True))
        middle = self.join[1](middle + _doubled(coarse))
        fine = self.join[0](fine + _doubled(middle))
        middle = middle + self.down[0](fine)
        coarse = self.join[2](coarse + self.down[1](middle))
        return [fine, middle, coarse]


def _doubled(x: Tensor) -> Tensor:
    return nn.functional.interpolate(x, scale_factor=2.0, mode="nearest")


class _Head(nn.Module):
    """Box, objectness and classes of each cell."""

    def __init__(self, width: int, classes: int) -> None:
        super().__init__()
        half = width // 2
        self.box = nn.Sequential(_conv(width, half), nn.Conv2d(half, 5, 1))
        self.label = nn.Sequential(_conv(width, half), nn.Conv2d(half, classes, 1))
        for branch, first in ((self.box, 4), (self.label, 0)):
            bias = branch[1].bias
            assert bias is not None
            nn.init.constant_(bias[first:], -math.log((1.0 - _RARE) / _RARE))

    def forward(self, x: Tensor) -> Tensor:
        return torch.cat([self.box(x), self.label(x)], dim=1)


class Detector(nn.Module):
    """From pictures (B, 3, H, W) BGR, 0..255, to rows (B, N, 5 + C), one for each cell.

    A row: x, y from the cell's corner and logarithms of w, h, all in strides; the logits of
    objectness and classes. H and W are multiples of 32.
    """

    def __init__(self, classes: int = len(CLASSES), width: int = 64) -> None:
        super().__init__()
        self.backbone = _Backbone()
        self.pyramid = _Pyramid(width)
        self.head = _Head(width, classes)

    def forward(self, pictures: Tensor) -> Tensor:
        features = self.backbone(pictures * (1.0 / 128.0) - 0.9)
        rows = [self.head(x).flatten(2) for x in self.pyramid(features)]
        return torch.cat(rows, dim=2).transpose(1, 2)


class Deployed(nn.Module):
    """The same with probabilities for logits, as a model file gives them."""

    def __init__(self, detector: Detector) -> None:
        super().__init__()
        self.detector = detector

    def forward(self, images: Tensor) -> Tensor:
        rows = self.detector(images)
        return torch.cat([rows[..., :4], rows[..., 4:].sigmoid()], dim=2)
