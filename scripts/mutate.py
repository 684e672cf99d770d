# SPDX-License-Identifier: Apache-2.0
"""Mutation testing of the AEB core: whether its tests notice each small change of it.

mutmut makes the mutants, in a copy of the package under build/mutation/FILE; mutation_loop.py runs
the file's tests against each. Prints what each survivor changes, and the score of each file.
docs/aeb-tests.md tells why the survivors that are left change nothing.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "src" / "bulwark_aeb"
WORK = ROOT / "build" / "mutation"
TESTS: dict[str, tuple[str, ...]] = {
    "braking": ("braking_limits", "braking"),
    "gate": ("gate_limits", "gate"),
    "monitor": ("monitor_limits", "monitor"),
    "confirm": ("monitor_limits", "confirm"),
    "stages": ("stage_states", "stages"),
    "assess": ("assess",),
    "overlap": ("overlap",),
    "driver": ("driver",),
    "inputs": ("inputs", "monitor"),
    "attention": ("attention",),
    "ego": ("ego",),
    "scene": ("scene",),
    "path": ("path",),
    "plan": ("plan",),
    "mai": ("mai",),
}
"""The tests of each file, test_NAME.py, in the order of risk."""
CONFIG = """\
[tool.mutmut]
source_paths = ["bulwark_aeb"]
only_mutate = ["bulwark_aeb/{name}.py"]

[tool.pytest.ini_options]
markers = ["slow: takes more than ten seconds", "data: needs the public recordings"]
"""
GENERATE = """\
import mutmut.__main__ as mutmut
mutmut.copy_src_dir()
mutmut.copy_also_copy_files()
mutmut.create_mutants(1)
"""
SHOW = """\
import sys
from mutmut.mutation.diff_apply import get_diff_for_mutant
for name in sys.argv[1:]:
    print(f"# {name}", get_diff_for_mutant(name), sep="\\n")
"""
PYTEST = (
    "-m", "pytest", "-q", "-p", "mutation_loop", "-p", "no:cacheprovider", "--assert=plain",
    "--import-mode=importlib", "--hypothesis-profile=mutation", "--rootdir=.",
    "-m", "not slow and not data",
)  # fmt: skip


def prepare(name: str) -> Path:
    """A fresh folder with the package, its tests, and the mutants of one file."""
    folder = WORK / name
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "mutants").mkdir(parents=True)
    for part in ("bulwark_aeb", "test"):
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(PACKAGE / part, folder / part, ignore=ignored)
    shutil.copy2(ROOT / "conftest.py", folder / "mutants")
    (folder / "pyproject.toml").write_text(CONFIG.format(name=name), encoding="utf-8")
    call(folder, ("-c", GENERATE))
    return folder


def call(folder: Path, arguments: Sequence[str]) -> str:
    """Run Python in the folder, whose own packages come first; what it says is returned."""
    paths = [str(ROOT / "scripts"), os.environ.get("PYTHONPATH", "")]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(paths)}
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        check=False,
    )  # fmt: skip
    if done.returncode:
        raise SystemExit(f"{done.stdout[-3000:]}\nfailed in {folder}")
    return done.stdout


def mutate(name: str) -> dict[str, bool]:
    """Which mutants of the file its tests killed."""
    folder = prepare(name)
    meta = folder / "mutants" / "bulwark_aeb" / f"{name}.py.meta"
    names = list(json.loads(meta.read_text(encoding="utf-8"))["exit_code_by_key"])
    inside = folder / "mutants"
    (inside / "mutants.json").write_text(json.dumps(names), encoding="utf-8")
    call(inside, (*PYTEST, *(f"test/test_{test}.py" for test in TESTS[name])))
    killed: dict[str, bool] = json.loads((inside / "verdicts.json").read_text(encoding="utf-8"))
    return killed


def report(name: str, killed: dict[str, bool]) -> None:
    """What the survivors change, and the score."""
    left = [mutant for mutant, is_killed in killed.items() if not is_killed]
    if left:
        lines = call(WORK / name, ("-c", SHOW, *left)).splitlines()
        print(
            *(line for line in lines if line[:1] in "#+-" and line[:3] not in ("+++", "---")),
            sep="\n",
        )
    count = len(killed) - len(left)
    print(f"{name}: {count} of {len(killed)} killed, {count / len(killed):.1%}", flush=True)


def main() -> None:
    """Mutate the named files, or all."""
    parser = argparse.ArgumentParser(prog="./run mutate", description=__doc__)
    parser.add_argument("files", nargs="*", metavar="FILE", help=f"of: {', '.join(TESTS)}")
    names = [Path(file).stem for file in parser.parse_args().files] or list(TESTS)
    unknown = [name for name in names if name not in TESTS]
    if unknown:
        parser.error(f"no tests are named for {', '.join(unknown)}; known: {', '.join(TESTS)}")
    for name in names:
        report(name, mutate(name))


if __name__ == "__main__":
    main()
