# SPDX-License-Identifier: Apache-2.0
"""Real processes: small programs in an install folder of their own."""

import os
import signal
import threading
import time
from pathlib import Path

import pytest

from bulwark_cli.launch.events import Exited, Line, Signalled, Started
from bulwark_cli.launch.launcher import Launcher
from bulwark_cli.launch.spec import Inline, NodeSpec
from bulwark_cli.launch.xml import Location
from bulwark_core.errors import LaunchError

POLITE = """
import signal, sys
def end(number, frame):
    print("ending on", signal.Signals(number).name)
    sys.exit(0)
signal.signal(signal.SIGINT, end)
signal.signal(signal.SIGTERM, end)
print("ready")
signal.pause()
"""
STUBBORN = """
import signal
signal.signal(signal.SIGINT, signal.SIG_IGN)
signal.signal(signal.SIGTERM, signal.{on_term})
print("ready")
while True:
    signal.pause()
"""
DYING = """
import sys
for line in range(1, 13):
    print("line", line)
print("the reason", file=sys.stderr)
sys.exit(3)
"""
LIMIT_S = 30.0


class Recorder:
    """A listener that keeps events, and can wait for one."""

    def __init__(self):
        self.events = []

    def __call__(self, event):
        self.events.append(event)

    def of(self, kind, node=None):
        return [e for e in self.events if isinstance(e, kind) and node in (None, e.node)]

    def wait_for(self, kind, node, count=1, **fields):
        deadline = time.monotonic() + LIMIT_S
        while time.monotonic() < deadline:
            found = [
                e
                for e in self.of(kind, node)
                if all(getattr(e, name) == value for name, value in fields.items())
            ]
            if len(found) >= count:
                return found[-1]
            time.sleep(0.01)
        pytest.fail(f"no {kind.__name__} of {node} with {fields} in {self.events}")


@pytest.fixture
def make(prefix):
    def spec(python, name="node", **fields):
        prefix.executable("programs", name, python)
        fields.setdefault("name", name)
        return NodeSpec("programs", name, Location(Path("test.launch.xml"), 7), **fields)

    return spec


def texts(recorder, node, stream="stdout"):
    return [line.text for line in recorder.of(Line, node) if line.stream == stream]


def test_stop_is_polite(make):
    recorder = Recorder()
    with Launcher([make(POLITE, "a"), make(POLITE, "b")], recorder) as launcher:
        for node in ("a", "b"):
            recorder.wait_for(Line, node, text="ready")
        assert set(launcher.pids) == {"a", "b"}
        launcher.stop()
    assert texts(recorder, "a") == ["ready", "ending on SIGINT"]
    assert [event.signal for event in recorder.of(Signalled, "a")] == [signal.SIGINT]
    exited = recorder.of(Exited, "b")[0]
    assert (exited.code, exited.asked, exited.ok) == (0, True, True)
    assert (launcher.failed, launcher.pids) == ((), {})


@pytest.mark.parametrize(
    "on_term, signals, failed",
    [
        ("SIG_DFL", [signal.SIGINT, signal.SIGTERM], ()),
        ("SIG_IGN", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL], ("node",)),
    ],
)
def test_stop_grows_stronger(make, on_term, signals, failed):
    recorder = Recorder()
    spec = make(STUBBORN.format(on_term=on_term), sigterm_after_s=0.1, sigkill_after_s=0.1)
    with Launcher([spec], recorder) as launcher:
        recorder.wait_for(Line, "node", text="ready")
    assert [event.signal for event in recorder.of(Signalled, "node")] == signals
    assert launcher.failed == failed


def test_in_a_hurry_it_does_not_wait(make):
    recorder = Recorder()
    spec = make(STUBBORN.format(on_term="SIG_IGN"), sigterm_after_s=600, sigkill_after_s=600)
    launcher = Launcher([spec], recorder)
    launcher.start()
    recorder.wait_for(Line, "node", text="ready")
    launcher.request_stop()
    recorder.wait_for(Signalled, "node", signal=signal.SIGINT)
    launcher.request_stop()  # changes nothing
    for number in (signal.SIGTERM, signal.SIGKILL):
        launcher.hurry()
        recorder.wait_for(Signalled, "node", signal=number)
    assert launcher.wait(LIMIT_S)
    assert len(recorder.of(Signalled)) == 3


def test_death_is_reported_with_the_last_lines_and_others_go_on(make):
    recorder = Recorder()
    with Launcher([make(POLITE, "good"), make(DYING, "bad")], recorder) as launcher:
        exited = recorder.wait_for(Exited, "bad")
        assert "good" in launcher.pids
    assert (exited.code, exited.asked, exited.ok) == (3, False, False)
    assert exited.how == "exit code 3"
    assert len(exited.last_lines) == 10
    assert {"line 12", "the reason"} <= set(exited.last_lines)
    assert launcher.failed == ("bad",)
    assert texts(recorder, "bad", "stderr") == ["the reason"]


def test_death_by_signal_is_named(make):
    recorder = Recorder()
    launcher = Launcher([make(POLITE)], recorder)
    launcher.start()
    recorder.wait_for(Line, "node", text="ready")
    os.kill(launcher.pids["node"], signal.SIGSEGV)
    assert launcher.wait(LIMIT_S)
    assert recorder.of(Exited)[0].how == "killed by SIGSEGV"
    assert launcher.failed == ("node",)


def test_end_without_error_is_no_failure(make):
    launcher = Launcher([make("print('done')")])
    launcher.start()
    assert launcher.wait(LIMIT_S)
    assert launcher.failed == ()


def test_on_exit_shutdown_ends_the_others(make):
    recorder = Recorder()
    specs = [make(POLITE, "other"), make("print('done')", "main", shutdown_on_exit=True)]
    launcher = Launcher(specs, recorder)
    launcher.start()
    assert launcher.wait(LIMIT_S)
    assert recorder.of(Exited, "other")[0].asked
    assert launcher.failed == ()


def test_respawn_until_told_to_stop(make):
    recorder = Recorder()
    with Launcher([make(DYING, respawn=True, respawn_delay_s=0.01)], recorder):
        assert recorder.wait_for(Started, "node", attempt=3).attempt == 3
    assert len({event.pid for event in recorder.of(Started)}) >= 3


def test_respawn_has_a_limit(make):
    recorder = Recorder()
    launcher = Launcher([make(DYING, respawn=True, respawn_max=2)], recorder)
    launcher.start()
    assert launcher.wait(LIMIT_S)
    assert [event.attempt for event in recorder.of(Started)] == [1, 2, 3]
    assert [event.restart_in_s for event in recorder.of(Exited)] == [0.0, 0.0, None]
    assert launcher.failed == ("node",)


def test_stop_during_the_respawn_delay(make):
    recorder = Recorder()
    with Launcher([make(DYING, respawn=True, respawn_delay_s=600)], recorder):
        recorder.wait_for(Exited, "node")
    assert len(recorder.of(Started)) == 1


def test_command_environment_and_folder(make, tmp_path):
    python = "import os, sys\nprint(sys.argv[1:], os.environ['COLOUR'], os.getcwd())"
    recorder = Recorder()
    environment = {**os.environ, "COLOUR": "red"}
    spec = make(
        python,
        namespace="/",
        words=("a b",),
        remaps=(("~/in", "out"),),
        parameters=(Inline({"x": 1}),),
        environment=environment,
        folder=str(tmp_path),
    )
    launcher = Launcher([spec], recorder)
    launcher.start()
    assert launcher.wait(LIMIT_S)
    (line,) = texts(recorder, "node")
    assert line.endswith(f"red {tmp_path}")
    assert line.startswith("['a b', '--ros-args', '-r', '__node:=node', '-r', '__ns:=/', ")
    assert "'-r', '~/in:=out']" in line


def test_parameter_file_is_there_while_the_node_runs_and_gone_afterwards(make):
    python = "import sys\nprint(sys.argv[-1])\nprint(open(sys.argv[-1]).read())"
    recorder = Recorder()
    launcher = Launcher([make(python, parameters=(Inline({"x": [1.5, 2.5]}),))], recorder)
    launcher.start()
    assert launcher.wait(LIMIT_S)
    path, *yaml = texts(recorder, "node")
    assert yaml[:3] == ["/**:", "  ros__parameters:", "    x:"]
    assert not Path(path).exists()


def test_same_names_are_numbered(make):
    recorder = Recorder()
    launcher = Launcher([make("print(1)", name="x", label="twin")] * 2, recorder)
    launcher.start()
    assert launcher.wait(LIMIT_S)
    assert [event.node for event in recorder.of(Started)] == ["twin-1", "twin-2"]


def test_missing_executable_starts_nothing(make, prefix):
    recorder = Recorder()
    good = make(POLITE, "good")
    bad = NodeSpec("programs", "no_such", Location(Path("x.launch.xml"), 3))
    with pytest.raises(LaunchError, match=r"x.launch.xml:3: .* 'no_such' in .*; it has: good"):
        Launcher([good, bad], recorder).start()
    assert recorder.events == []


def test_program_that_cannot_run_ends_the_others(make, prefix):
    broken = make("", "broken")
    (prefix.path / "lib/programs/broken").write_text("#!/no/such/python\n")
    recorder = Recorder()
    launcher = Launcher([make(POLITE, "good"), broken], recorder)
    with pytest.raises(LaunchError, match=r"test.launch.xml:7: cannot start broken: .*No such"):
        launcher.start()
    assert recorder.of(Exited, "good")[0].asked
    assert launcher.pids == {}


def test_broken_listener_does_not_leave_nodes_alone(make):
    def listen(event):
        if isinstance(event, Line):
            raise RuntimeError("no")

    launcher = Launcher([make(POLITE)], listen)
    launcher.start()
    with pytest.raises(RuntimeError, match="no"):
        launcher.wait(LIMIT_S)
    assert launcher.pids == {}


def test_lines_of_any_kind(make):
    python = (
        "import sys\nout = sys.stdout.buffer\n"
        "out.write(b'a\\r\\n\\n\\xff\\n' + b'x' * 300000 + b'\\nlast')"
    )
    recorder = Recorder()
    launcher = Launcher([make(python)], recorder)
    launcher.start()
    assert launcher.wait(LIMIT_S)
    assert texts(recorder, "node") == ["a", "", "\ufffd", "x" * 300000, "last"]


def test_a_child_that_keeps_the_pipe_open_does_not_hold_the_launcher(make):
    python = "import subprocess\nprint(subprocess.Popen(['sleep', '600']).pid, flush=True)"
    recorder = Recorder()
    launcher = Launcher([make(python)], recorder)
    launcher.start()
    assert launcher.wait(LIMIT_S)
    os.kill(int(texts(recorder, "node")[0]), signal.SIGKILL)


def test_a_signal_that_does_not_wake_the_main_thread_is_not_lost(make):
    recorder = Recorder()
    launcher = Launcher([make(POLITE)], recorder)
    before = signal.signal(signal.SIGUSR1, lambda *_: launcher.request_stop())

    def signal_this_thread():
        recorder.wait_for(Line, "node", text="ready")
        signal.pthread_kill(threading.get_ident(), signal.SIGUSR1)

    try:
        launcher.start()
        threading.Thread(target=signal_this_thread, daemon=True).start()
        launcher.wait()
    finally:
        signal.signal(signal.SIGUSR1, before)
    assert launcher.failed == ()


def test_stop_before_start_and_twice_is_harmless(make):
    launcher = Launcher([make("")])
    launcher.request_stop()
    launcher.start()
    assert launcher.wait(LIMIT_S)
    launcher.stop()
    launcher.stop()
