# SPDX-License-Identifier: Apache-2.0
"""The node as a process: clear ends where it cannot drive."""

import os
import subprocess
import sys

import pytest

pytestmark = pytest.mark.ros
MAIN = "from bulwark_world.node import main; main()"


def run_node(*parameters):
    arguments = [word for p in parameters for word in ("-p", p)]
    return subprocess.run(
        [sys.executable, "-c", MAIN, "--ros-args", *arguments],
        capture_output=True, text=True, timeout=60, env=os.environ, check=False,
    )  # fmt: skip


def test_without_a_stack_it_says_so_and_ends_with_1():
    ended = run_node("wait_for_stack:=0.5", "sensors.camera.enabled:=false")
    assert ended.returncode == 1
    last = ended.stderr.strip().splitlines()[-1]
    assert last.startswith("world: error: the stack was not ready within 0.5 s: nothing on /aeb")
    assert "Traceback" not in ended.stderr


@pytest.mark.parametrize(
    "parameter, words",
    [
        ("scenario:=dmo", "did you mean 'demo'"),
        ("set:=['speed_kmh=500']", "out of range"),
        ("sead:=3", "did you mean 'seed'"),
        ("sensors.lidar.model:=hdl32", "one of hdl64e"),
    ],
)
def test_bad_parameters_end_with_2_and_one_line(parameter, words):
    ended = run_node(parameter)
    assert ended.returncode == 2
    assert words in ended.stderr.strip().splitlines()[-1]
    assert "Traceback" not in ended.stderr
