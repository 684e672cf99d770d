# SPDX-License-Identifier: Apache-2.0
"""The training run: parts of pictures first, whole ones at the end. Needs PyTorch.

AdamW with a cosine schedule and a running mean of the weights, which is what counts at the end. A
checkpoint is written now and then; a run that is started again goes on from it.
"""

from __future__ import annotations

import math
import pickle
from collections.abc import Callable, Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from bulwark_core.errors import BulwarkError
from bulwark_training.crops import View, stack, view_of
from bulwark_training.network import Detector
from bulwark_training.objective import Grid, Target, grid_of, loss_of
from bulwark_training.sampling import repeat_factors, round_of
from bulwark_training.settings import HEIGHT, WIDTH
from bulwark_training.shards import Stored

Pictures = Callable[[], Sequence[Stored]]
_STREAM = 17


@dataclass(frozen=True)
class Plan:
    """How long and how fast to learn.

    parts, wholes: views of a quarter of a picture's area, and of all of it, that are shown.
    """

    parts: int = 60_000
    wholes: int = 5_000
    batch: int = 16
    whole_batch: int = 4
    rate: float = 2e-3
    last_rate: float = 2e-5
    warm_up: int = 300
    decay: float = 0.02
    mean_decay: float = 0.998
    seed: int = 1
    save_every: int = 250

    @property
    def part_steps(self) -> int:
        """Steps with parts of pictures, which come first."""
        return -(-self.parts // self.batch)

    @property
    def steps(self) -> int:
        """All of them."""
        return self.part_steps + -(-self.wholes // self.whole_batch)

    def size(self, step: int) -> tuple[int, int]:
        """Of the views of a step: (height, width) [px]."""
        return (HEIGHT // 2, WIDTH // 2) if step < self.part_steps else (HEIGHT, WIDTH)

    def count(self, step: int) -> int:
        """How many views a step takes."""
        return self.batch if step < self.part_steps else self.whole_batch

    def rate_at(self, step: int) -> float:
        """The learning rate of a step."""
        if step < self.warm_up:
            return self.rate * (step + 1) / self.warm_up
        turn = math.pi * (step - self.warm_up) / max(self.steps - self.warm_up, 1)
        return self.last_rate + (self.rate - self.last_rate) * 0.5 * (1.0 + math.cos(turn))


@dataclass
class Progress:
    """Where a run is: steps done, and the losses of the last one."""

    step: int
    steps: int
    losses: dict[str, float]


class Trainer:
    """A network on its way."""

    def __init__(self, plan: Plan, checkpoint: Path) -> None:
        """Goes on from the checkpoint where there is one. Raises BulwarkError."""
        torch.manual_seed(plan.seed)
        self._plan, self._checkpoint = plan, checkpoint
        self._network = Detector().to(memory_format=torch.channels_last)
        self.mean = deepcopy(self._network).eval()
        self._optimizer = torch.optim.AdamW(_groups(self._network, plan.decay), lr=plan.rate)
        self._grids: dict[tuple[int, int], Grid] = {}
        self.step = 0
        if checkpoint.is_file():
            self._resume()

    def run(self, pictures: Pictures, on_step: Callable[[Progress], None]) -> None:
        """To the end; `pictures` is asked anew each time that all have been shown."""
        views = self._views(pictures)
        while self.step < self._plan.steps:
            losses = self._learn(next(views))
            self.step += 1
            if self.step % self._plan.save_every == 0 or self.step == self._plan.steps:
                self._save()
            on_step(Progress(self.step, self._plan.steps, losses))

    def _views(self, pictures: Pictures) -> Iterator[list[View]]:
        """Batches; the random numbers of a view follow from the seed and the step."""
        epoch = 0
        queue: list[Stored] = []
        while True:
            count = self._plan.count(self.step)
            if len(queue) < count:
                rng = np.random.default_rng((self._plan.seed, _STREAM, 0, self.step, epoch))
                there = pictures()
                factors = repeat_factors([row.labels for row in there])
                queue += [there[k] for k in round_of(factors, rng)]
                epoch += 1
            rng = np.random.default_rng((self._plan.seed, _STREAM, 1, self.step))
            chosen, queue = queue[:count], queue[count:]
            size = self._plan.size(self.step)
            yield [view_of(row.picture(), row.labels, size, rng) for row in chosen]

    def _learn(self, views: list[View]) -> dict[str, float]:
        for group in self._optimizer.param_groups:
            group["lr"] = self._plan.rate_at(self.step)
        batch = torch.from_numpy(stack(views)).permute(0, 3, 1, 2).float()
        batch = batch.contiguous(memory_format=torch.channels_last)
        self._network.train()
        with torch.autocast("cpu", torch.bfloat16):
            rows = self._network(batch)
        losses = loss_of(rows.float(), [_target(view) for view in views], self._grid(views[0]))
        self._optimizer.zero_grad(set_to_none=True)
        losses["total"].backward()
        torch.nn.utils.clip_grad_norm_(self._network.parameters(), 20.0)
        self._optimizer.step()
        self._update_mean()
        return {name: float(value.detach()) for name, value in losses.items()}

    def _grid(self, view: View) -> Grid:
        size = (view.picture.shape[0], view.picture.shape[1])
        return self._grids.setdefault(size, grid_of(size))

    @torch.no_grad()
    def _update_mean(self) -> None:
        keep = min(self._plan.mean_decay, (1.0 + self.step) / (20.0 + self.step))
        for mean, new in zip(_values(self.mean), _values(self._network), strict=True):
            if mean.is_floating_point():
                mean.lerp_(new, 1.0 - keep)
            else:
                mean.copy_(new)

    def _save(self) -> None:
        state = {
            "network": self._network.state_dict(), "mean": self.mean.state_dict(),
            "optimizer": self._optimizer.state_dict(), "step": self.step,
        }  # fmt: skip
        part = self._checkpoint.with_suffix(".part")
        part.parent.mkdir(parents=True, exist_ok=True)
        torch.save(state, part)
        part.replace(self._checkpoint)

    def _resume(self) -> None:
        state = read_checkpoint(self._checkpoint)
        self._network.load_state_dict(state["network"])
        self.mean.load_state_dict(state["mean"])
        self._optimizer.load_state_dict(state["optimizer"])
        self.step = int(state["step"])


def read_checkpoint(file: Path) -> dict[str, Any]:
    """What `Trainer` saved. Raises BulwarkError."""
    try:
        state: dict[str, Any] = torch.load(file, weights_only=True)
    except (OSError, RuntimeError, EOFError, pickle.UnpicklingError) as error:
        raise BulwarkError(f"{file} is no checkpoint of a training run; delete it") from error
    return state


def _target(view: View) -> Target:
    return Target.of(torch.from_numpy(view.boxes), torch.from_numpy(view.classes))


def _values(network: torch.nn.Module) -> list[Tensor]:
    return list(network.state_dict().values())


def _groups(network: torch.nn.Module, decay: float) -> list[dict[str, Any]]:
    """Weights decay, biases and what normalisation has do not."""
    weights = [p for p in network.parameters() if p.ndim > 1]
    rest = [p for p in network.parameters() if p.ndim <= 1]
    return [{"params": weights, "weight_decay": decay}, {"params": rest, "weight_decay": 0.0}]
