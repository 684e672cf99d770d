# SPDX-License-Identifier: Apache-2.0
"""`python -m bulwark_world.fit_errors`: drive the lidar chain, fit its errors, write them down."""

from __future__ import annotations

import argparse
import sys
from collections import defaultdict
from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import fields
from multiprocessing import get_context
from pathlib import Path
from textwrap import fill
from typing import Any

from bulwark_core.objects import ObjectClass
from bulwark_world import error_figures
from bulwark_world.error_drives import Approach, Sample, drive, standard_approaches
from bulwark_world.error_fit import Drive, fit
from bulwark_world.error_table import KindErrors

_HEAD = '''# SPDX-License-Identifier: Apache-2.0
"""The fitted errors of the lidar chain's tracks, by kind: made by `bulwark_world.fit_errors`."""

from __future__ import annotations

from bulwark_core.objects import ObjectClass
from bulwark_world.error_table import KindErrors

# fmt: off
FIGURES: dict[str, KindErrors] = {
'''
_TAIL = "}\n"


def as_source(figures: Mapping[str, KindErrors]) -> str:
    """The figures as the module that holds them."""
    text = _HEAD
    for kind, errors in figures.items():
        text += f'    "{kind}": KindErrors(\n'
        for field in fields(errors):
            line = f"{field.name}={_literal(getattr(errors, field.name))},"
            text += fill(line, 100, initial_indent=" " * 8, subsequent_indent=" " * 12) + "\n"
        text += "    ),\n"
    return text + _TAIL


def _literal(value: Any) -> str:
    if isinstance(value, ObjectClass):
        return f"ObjectClass.{value.name}"
    if isinstance(value, tuple):
        return "(" + ", ".join(_literal(part) for part in value) + ")"
    return repr(value)


def drive_all(approaches: list[Approach], seeds: int, workers: int) -> list[Drive]:
    """Every approach once for each seed, in their order."""
    from rich.progress import Progress

    tasks = [(approach, seed + 1) for approach in approaches for seed in range(seeds)]
    with Progress() as bar, ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        task = bar.add_task("drives", total=len(tasks))
        futures = [pool.submit(_samples, *one) for one in tasks]
        for _ in as_completed(futures):
            bar.advance(task)
    return [(one[0], future.result()) for one, future in zip(tasks, futures, strict=True)]


def _samples(approach: Approach, seed: int) -> list[Sample]:
    return list(drive(approach, seed))


def fit_all(drives: list[Drive]) -> dict[str, KindErrors]:
    """The figures of each kind that was driven up to."""
    by_kind: dict[str, list[Drive]] = defaultdict(list)
    for one in drives:
        by_kind[one[0].kind].append(one)
    return {kind: fit(some, drives) for kind, some in by_kind.items()}


def main() -> None:
    """Fit and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=2, help="drives of each approach")
    parser.add_argument("--workers", type=int, default=2, help="processes")
    parser.add_argument("--out", type=Path, default=Path(error_figures.__file__))
    given = parser.parse_args()
    drives = drive_all(standard_approaches(), given.seeds, given.workers)
    given.out.write_text(as_source(fit_all(drives)), encoding="utf-8")
    scans = sum(len(samples) for _, samples in drives)
    sys.stdout.write(f"{len(drives)} drives, {scans} scans: {given.out}\n")


if __name__ == "__main__":
    main()
