# SPDX-License-Identifier: Apache-2.0
"""Mutation testing of the AEB core: ./run mutate [FILE ...]; all files of TESTS by default.

Works on a copy under build/mutation/FILE, so that neither the sources nor a run beside it are
touched. Prints the score of each file and the change of each survivor; docs/aeb-tests.md explains
those that no test can kill.
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
    "monitor": ("monitor",),
    "confirm": ("confirm",),
    "stages": ("stages",),
    "assess": ("assess",),
    "overlap": ("overlap",),
    "driver": ("driver",),
    "ego": ("ego",),
    "path": ("path",),
    "inputs": ("inputs", "monitor"),
    "scene": ("scene",),
    "attention": ("attention",),
    "mai": ("mai",),
    "plan": ("plan",),
}
"""The tests of each file, in the order of risk: test_NAME.py."""
CAUGHT = (1, 3, 24, -24, 36, 152, 255)
"""Exit codes of mutmut for a mutant that a test, or the time limit, killed."""
CONFIG = """\
[tool.mutmut]
source_paths = ["bulwark_aeb"]
only_mutate = ["bulwark_aeb/{name}.py"]
also_copy = ["conftest.py"]
pytest_add_cli_args_test_selection = {tests}
pytest_add_cli_args = {options}
use_git_change_detection = false

[tool.pytest.ini_options]
markers = ["slow: takes more than ten seconds", "data: needs the public recordings"]
"""
OPTIONS = [
    "--import-mode=importlib", "--hypothesis-profile=mutation", "-p", "no:cacheprovider",
    "-m", "not slow and not data",
]  # fmt: skip

MUTMUT = ("-m", "mutmut")
SHOW = """\
import sys
from mutmut.mutation.diff_apply import get_diff_for_mutant
for name in sys.argv[1:]:
    print(f"# {name}", get_diff_for_mutant(name), sep="\\n")
"""
"""`mutmut show`, of many at once."""
HEADS = ("---", "+++")


def prepare(name: str, again: bool) -> Path:
    """The folder in which mutmut runs for one file; `again`: with the results so far."""
    folder = WORK / name
    if not again:
        shutil.rmtree(folder, ignore_errors=True)
    (folder / "mutants").mkdir(parents=True, exist_ok=True)  # Python remembers that a path lacks
    for part in ("bulwark_aeb", "test"):
        shutil.rmtree(folder / part, ignore_errors=True)
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(PACKAGE / part, folder / part, ignore=ignored)
    shutil.copy2(ROOT / "conftest.py", folder)
    tests = [f"test/test_{test}.py" for test in TESTS[name]]
    config = CONFIG.format(name=name, tests=json.dumps(tests), options=json.dumps(OPTIONS))
    (folder / "pyproject.toml").write_text(config, encoding="utf-8")
    (folder / "mutants" / "mutmut-stats.json").unlink(missing_ok=True)
    return folder


def call(folder: Path, program: Sequence[str], *arguments: str) -> str:
    """Run a Python program in the folder, with the mutants in front; what it says is returned."""
    paths = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    kept = [path for path in paths if Path(path).resolve() != PACKAGE]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(folder / "mutants"), *kept])}
    done = subprocess.run(
        [sys.executable, *program, *arguments],
        cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        check=False,
    )  # fmt: skip
    if done.returncode:
        raise SystemExit(f"{done.stdout[-3000:]}\nmutmut failed in {folder}")
    return done.stdout


def verdicts(folder: Path, name: str) -> dict[str, int | None]:
    """Exit code by mutant; None: not run."""
    meta = folder / "mutants" / "bulwark_aeb" / f"{name}.py.meta"
    if not meta.is_file():
        return {}
    known: dict[str, int | None] = json.loads(meta.read_text("utf-8"))["exit_code_by_key"]
    return known


def alive(folder: Path, name: str) -> list[str]:
    return [key for key, code in verdicts(folder, name).items() if code not in CAUGHT]


def report(folder: Path, name: str) -> None:
    """The score, and what the survivors change."""
    left, total = alive(folder, name), len(verdicts(folder, name))
    if left:
        lines = call(folder, ("-c", SHOW), *left).splitlines()
        print(*(line for line in lines if line[:1] in "#+-" and line[:3] not in HEADS), sep="\n")
    killed = total - len(left)
    print(f"{name}: {killed} of {total} killed, {killed / max(total, 1):.1%}", flush=True)


def main() -> None:
    """Mutate the named files, or all."""
    parser = argparse.ArgumentParser(prog="./run mutate", description=__doc__)
    parser.add_argument("files", nargs="*", metavar="FILE", help=f"of: {', '.join(TESTS)}")
    parser.add_argument("--again", action="store_true", help="only the survivors of the last run")
    parser.add_argument("--jobs", type=int, default=1, help="mutants at a time")
    given = parser.parse_args()
    names = [Path(file).stem for file in given.files] or list(TESTS)
    unknown = [name for name in names if name not in TESTS]
    if unknown:
        parser.error(f"no tests are named for {', '.join(unknown)}; known: {', '.join(TESTS)}")
    for name in names:
        folder = prepare(name, given.again)
        survivors = alive(folder, name) if given.again else []
        call(folder, MUTMUT, "run", f"--max-children={given.jobs}", *survivors)
        report(folder, name)


if __name__ == "__main__":
    main()
