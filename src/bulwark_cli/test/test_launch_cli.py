# SPDX-License-Identifier: Apache-2.0
"""`bulwark launch` as a user runs it: another process, its output and its exit code."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

NODE = """
import signal, sys
signal.signal(signal.SIGINT, lambda *_: sys.exit({code}))
print("ready")
print("to stderr", file=sys.stderr)
while True:
    signal.pause()
"""
DEAF = """
import signal
signal.signal(signal.SIGINT, signal.SIG_IGN)
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("ready")
while True:
    signal.pause()
"""
LIMIT_S = 60
COMMAND = [sys.executable, "-c", "from bulwark_cli.main import main; main()"]


@pytest.fixture
def bulwark(tmp_path):
    def start(*arguments):
        return subprocess.Popen(
            [*COMMAND, *map(str, arguments)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "ROS_LOG_DIR": str(tmp_path / "log")},
            cwd=tmp_path,
        )

    return start


def result(process):
    out, err = process.communicate(timeout=LIMIT_S)
    return process.returncode, out, err


def read_until(process, *wanted):
    """Lines of stdout up to the one that completes what is wanted."""
    lines, missing = [], set(wanted)
    while missing:
        line = process.stdout.readline()
        assert line, f"ended without {missing}: {''.join(lines)}{process.stderr.read()}"
        lines.append(line)
        missing -= {text for text in missing if text in line}
    return "".join(lines)


@pytest.fixture
def two_nodes(prefix, launch_file):
    prefix.executable("programs", "node", NODE.format(code=0))
    return launch_file(
        """<arg name="second" default="b" description="name of the second"/>
        <node pkg="programs" exec="node" name="a" namespace="" output="screen"/>
        <node pkg="programs" exec="node" name="$(var second)" namespace="" output="log"/>"""
    )


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_runs_until_it_is_told_to_end(bulwark, two_nodes, number, tmp_path):
    process = bulwark("launch", two_nodes)
    out = read_until(process, "[a] ready", "[b] to stderr", "b writes to")
    process.send_signal(number)
    code, rest, err = result(process)
    assert (code, err) == (0, "")
    assert f"[launch] {number.name}: ending 2 nodes" in rest
    assert "[launch] a ended (exit code 0)" in rest
    assert "[b] ready" not in out + rest
    (log,) = (tmp_path / "log").rglob("b.log")
    assert log.read_text() == "ready\nto stderr\n"


def test_no_colours_without_a_terminal(bulwark, two_nodes):
    process = bulwark("launch", two_nodes)
    out = read_until(process, "[a] ready")
    process.send_signal(signal.SIGINT)
    assert "\x1b" not in out + result(process)[1]


def test_death_gives_exit_code_1_and_is_summed_up(bulwark, prefix, launch_file):
    prefix.executable("programs", "good", NODE.format(code=0))
    prefix.executable("programs", "bad", "raise SystemExit('the reason')")
    file = launch_file(
        '<node pkg="programs" exec="good" name="good" output="screen"/>'
        '<node pkg="programs" exec="bad" name="bad" output="screen"/>'
    )
    process = bulwark("launch", file)
    out = read_until(process, "[good] ready", "bad died: exit code 1", "[launch]     the reason")
    assert "bad's last lines" in out
    process.send_signal(signal.SIGINT)
    code, rest, _ = result(process)
    assert code == 1
    assert rest.splitlines()[-1] == "[launch] died: bad"


def test_bad_end_after_ctrl_c_gives_exit_code_1(bulwark, prefix, launch_file):
    prefix.executable("programs", "node", NODE.format(code=5))
    process = bulwark("launch", launch_file('<node pkg="programs" exec="node" output="screen"/>'))
    read_until(process, "[node] ready")
    process.send_signal(signal.SIGINT)
    code, rest, _ = result(process)
    assert code == 1
    assert "[launch] node died: exit code 5" in rest


def is_running(pid):
    try:
        with Path(f"/proc/{pid}/stat").open() as stat:
            return stat.read().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.mark.skipif(sys.platform != "linux", reason="the parent's death is a signal on Linux only")
def test_nodes_do_not_outlive_a_killed_launcher(bulwark, prefix, launch_file):
    prefix.executable("programs", "deaf", DEAF)
    node = '<node pkg="programs" exec="deaf" output="screen" name="%s"/>'
    process = bulwark("launch", launch_file(node % "a" + node % "b"))
    out = read_until(process, "[a] ready", "[b] ready")
    pids = [int(line.split("pid ")[1]) for line in out.splitlines() if "started, pid" in line]
    assert len(pids) == 2
    process.kill()
    process.communicate(timeout=LIMIT_S)
    for _ in range(LIMIT_S * 20):
        if not any(is_running(pid) for pid in pids):
            return
        time.sleep(0.05)
    pytest.fail(f"still running: {pids}")


@pytest.mark.parametrize(
    "arguments, error",
    [
        (["third:=c"], "error: test.launch.xml has no argument 'third'; it has: second"),
        (["second"], "error: 'second' is not an argument: expected name:=value"),
        (["second:=a"], "a second node is called /a"),
    ],
)
def test_bad_arguments_give_one_line_and_exit_code_2(bulwark, two_nodes, arguments, error):
    code, out, err = result(bulwark("launch", two_nodes, *arguments))
    assert (code, out) == (2, "")
    assert err.startswith("error: ")
    assert error in err
    assert err.count("\n") == 1


def test_missing_executable_is_found_before_anything_starts(bulwark, prefix, launch_file):
    prefix.executable("programs", "there", "")
    code, out, err = result(bulwark("launch", launch_file('<node pkg="programs" exec="their"/>')))
    assert (code, out) == (2, "")
    assert "test.launch.xml:2: package 'programs' has no executable 'their'" in err
    assert "it has: there" in err


def test_file_without_nodes(bulwark, launch_file):
    code, _, err = result(bulwark("launch", launch_file("")))
    assert code == 2
    assert "starts no node" in err


def test_show_args(bulwark, two_nodes):
    code, out, _ = result(bulwark("launch", two_nodes, "--show-args"))
    assert code == 0
    assert "second  (default: b)" in out
    assert "name of the second" in out


def test_print_starts_nothing(bulwark, two_nodes):
    code, out, _ = result(bulwark("launch", two_nodes, "--print", "second:=c"))
    assert code == 0
    assert "/a  programs/node" in out
    assert "/c  programs/node" in out
    assert "started" not in out


def test_json(bulwark, two_nodes):
    code, out, _ = result(bulwark("launch", two_nodes, "--json"))
    assert code == 0
    nodes = json.loads(out)["nodes"]
    assert [node["name"] for node in nodes] == ["a", "b"]
    assert nodes[0]["source"] == f"{two_nodes}:3"
    assert nodes[0]["environment"] == {}


def test_help_has_examples_and_is_there_for_every_command(bulwark):
    code, out, _ = result(bulwark("launch", "--help"))
    assert code == 0
    assert "bulwark launch stack device:=cpu" in out
    code, out, _ = result(bulwark("--help"))
    assert code == 0
    assert "launch" in out


def test_unknown_command_suggests_the_near_one(bulwark):
    code, _, err = result(bulwark("lunch"))
    assert code == 2
    assert "did you mean 'launch'?" in err
