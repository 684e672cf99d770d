# SPDX-License-Identifier: Apache-2.0
"""The clip recorder's parts: ring, triggers, windows, the folder's bound, what a crash leaves."""

from __future__ import annotations

import math
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus
from hypothesis import given
from hypothesis import strategies as st
from rclpy.serialization import serialize_message

from bulwark_core.convert.odometry import make_odometry
from bulwark_core.errors import BagError
from bulwark_core.objects import EgoMotion
from bulwark_msgs.msg import AebState, ControlCommand, VehicleStatus
from bulwark_replay.bags import open_bag
from bulwark_replay.clips.clip import new_clip, read_clip, write_clip_file
from bulwark_replay.clips.recorder import ClipRecorder, ClipWriter, Window
from bulwark_replay.clips.recover import recover_bag
from bulwark_replay.clips.ring import OVERHEAD, Ring
from bulwark_replay.clips.store import ClipStore
from bulwark_replay.clips.triggers import Limits, Trigger, Triggers

S = 1_000_000_000
ODOM = "/vehicle/odometry"
TYPES = {ODOM: "nav_msgs/msg/Odometry", "/tf_static": "tf2_msgs/msg/TFMessage"}


@given(
    st.lists(st.tuples(st.integers(0, 300), st.integers(0, 900), st.booleans()), max_size=60),
    st.integers(500, 3000),
)
def test_the_ring_is_bounded_in_bytes_and_seconds_whatever_clips_still_need(rows, bound):
    ring, taken, now = Ring(bound, 500), [], 0
    for step, size, clip in rows:
        now += step
        ring.put("/a", now, bytes(size))
        assert 0 <= ring.held_bytes <= bound
        if clip:
            taken += ring.take(now - 300, now)
        elif taken:
            ring.release(taken.pop(0))
        assert ring.oldest_ns is None or now - ring.oldest_ns <= 500
    for piece in taken:
        ring.release(piece)
    ring.clear()
    assert ring.held_bytes == 0


def test_what_is_latched_stays_and_comes_first():
    ring = Ring(10_000, S, ["/tf_static"])
    ring.put("/tf_static", 0, b"mount")
    for i in range(5):
        ring.put("/a", i * S, b"x")
    assert [(p.topic, p.ns) for p in ring.take(3 * S, 4 * S)] == [
        ("/tf_static", 0), ("/a", 3 * S), ("/a", 4 * S),
    ]  # fmt: skip


def test_a_message_for_which_there_is_no_room_is_counted():
    ring = Ring(OVERHEAD + 10, S)
    ring.put("/a", 0, bytes(11))
    assert (ring.dropped, ring.held_bytes) == (1, 0)


def state(stage: int = AebState.STAGE_NONE, **other: object) -> AebState:
    row = {
        "state": AebState.STATE_READY, "target_id": 1, "required_deceleration": 1.0,
        "time_to_collision": math.inf, "ego_speed": 10.0, **other,
    }  # fmt: skip
    return AebState(stage=stage, **row)


def reasons(topic: str, *rows: tuple[float, object], seer: Triggers | None = None) -> list[str]:
    seer = seer or Triggers(Limits())
    return [t.reason for t_s, m in rows for t in seer.see(topic, m, round(t_s * S))]


def test_an_intervention_triggers_once_until_it_is_over():
    stages = [0, 1, 2, 4, 4, 5, 0, 3]
    rows = [(i * 0.02, state(stage)) for i, stage in enumerate(stages)]
    assert reasons("/aeb/state", *rows) == ["intervention", "intervention"]


def test_a_near_miss_must_last_and_needs_a_moving_car():
    close = {"required_deceleration": 3.2}
    assert reasons("/aeb/state", (0, state(**close)), (0.1, state(**close))) == []
    lasting = [(i / 10, state(**close)) for i in range(5)]
    assert reasons("/aeb/state", *lasting) == ["near_miss"]
    standing = [(i / 10, state(time_to_collision=0.5, ego_speed=0.0)) for i in range(5)]
    assert reasons("/aeb/state", *standing) == []


def test_faults_and_doubts():
    lost = state(state=AebState.STATE_UNAVAILABLE)
    assert reasons("/aeb/state", (0, lost), (1, state()), (2, lost), (3, lost)) == ["fault"]
    doubt = state(state_reasons=[AebState.REASON_LIDAR_DEGRADED])
    assert reasons("/aeb/state", *((i / 10, doubt) for i in range(8))) == ["low_confidence"]
    error = DiagnosticArray(status=[DiagnosticStatus(name="lidar", level=b"\2", message="blind")])
    fine = DiagnosticArray(status=[DiagnosticStatus(name="lidar", level=b"\0")])
    rows = [(0, fine), (1, error), (2, error), (3, fine), (4, error)]
    assert reasons("/diagnostics", *rows) == ["fault", "fault"]


def test_hard_braking_is_the_drivers_not_the_aebs():
    speeds = [20.0 - max(0.0, i - 10) * 0.12 for i in range(30)]
    rows = [(i * 0.02, make_odometry(EgoMotion(0, v, 0.0))) for i, v in enumerate(speeds)]
    assert reasons(ODOM, *rows) == ["hard_braking"]
    seer = Triggers(Limits())
    seer.see("/control/command", ControlCommand(source=ControlCommand.SOURCE_AEB), 0)
    assert reasons(ODOM, *rows, seer=seer) == []
    pressed = [(i / 10, VehicleStatus(brake_pedal=0.7)) for i in range(3)]
    assert reasons("/vehicle/status", *pressed) == ["hard_braking"]


@pytest.mark.parametrize("plan,driver", [
    ({"longitudinal_active": True, "acceleration": 1.0}, {"brake_pedal": 0.3}),
    ({"longitudinal_active": True, "acceleration": -1.0}, {"accelerator_pedal": 0.3}),
    ({"lateral_active": True, "steering_tyre_angle": 0.2}, {"steering_tyre_angle": 0.0}),
])  # fmt: skip
def test_the_driver_against_the_planner(plan, driver):
    for engaged, expected in ((True, ["driver_against_planner"]), (False, [])):
        seer = Triggers(Limits())
        seer.see("/control/planned", ControlCommand(**plan), 0)
        status = VehicleStatus(assistance_engaged=engaged, **driver)
        rows = [(i / 10, status) for i in range(6)]
        assert reasons("/vehicle/status", *rows, seer=seer) == expected


def recorded(*moments: tuple[float, str], longest: float = 8.0, end: float = 20.0):
    """The clips of a recorder that hears odometry ten times a second."""
    ring, clips = Ring(10**6, 20 * S), []
    window = Window(2 * S, S, round(longest * S))
    recorder = ClipRecorder(ring, window, Limits(), lambda *item: clips.append(item))
    waiting = list(moments)
    for i in range(round(end * 10)):
        ns = i * S // 10
        data = serialize_message(make_odometry(EgoMotion(ns, 1.0, 0.0)))
        recorder.take("/points", ns, data, lambda _: None)
        while waiting and waiting[0][0] * 10 == i:
            recorder.trigger(Trigger(waiting.pop(0)[1], ns, "something"))
    recorder.finish()
    return clips


def test_a_clip_is_the_seconds_around_its_moment():
    ((clip, pieces),) = recorded((5.0, "requested"))
    assert (clip.start_ns, clip.end_ns, clip.reason) == (3 * S, 6 * S, "requested")
    assert [p.ns for p in (pieces[0], pieces[-1])] == [3 * S, 6 * S]
    assert clip.name == "19700101T000005.000_requested"


def test_further_moments_make_it_longer_up_to_its_limit():
    ((clip, _),) = recorded((5.0, "near_miss"), (5.5, "intervention"))
    assert (clip.start_ns, clip.end_ns, clip.reason) == (3 * S, round(6.5 * S), "intervention")
    assert [trigger.reason for trigger in clip.triggers] == ["near_miss", "intervention"]
    moments = [(5.0 + i / 2, "near_miss") for i in range(20)]
    first, second = recorded(*moments)
    assert first[0].end_ns - first[0].start_ns == 8 * S
    assert second[0].start_ns > first[0].start_ns


def test_a_clip_that_is_open_at_the_end_is_kept():
    ((clip, pieces),) = recorded((4.5, "fault"), end=5.0)
    assert pieces[-1].ns < clip.end_ns


def clip_of(reason: str, at_s: int):
    return new_clip(at_s * S, (at_s + 1) * S, [Trigger(reason, at_s * S, "something")])


def pieces_of(count: int, size: int = 20_000, seed: int = 0):
    """Odometry that does not compress."""
    random = np.random.default_rng(seed)
    ring = Ring(10**9, 10**12)
    for i in range(count):
        message = make_odometry(EgoMotion(i, 1.0, 0.0))
        message.header.frame_id = random.bytes(size // 2).hex()
        ring.put(ODOM, i * S // 10, serialize_message(message))
    return ring.take(0, 10**12)


def written(store: ClipStore, reason: str, at_s: int, count: int = 10) -> Path | None:
    done = []
    path = store.write(clip_of(reason, at_s), pieces_of(count), TYPES, done.append)
    assert len(done) == count  # every piece is released, written or not
    return path


def test_a_clip_is_a_bag_that_says_why(tmp_path):
    path = written(ClipStore(tmp_path / "clips", 10**7), "near_miss", 5)
    with open_bag(path) as bag:
        assert [(t.name, t.count) for t in bag.topics] == [(ODOM, 10)]
    clip = read_clip(path)
    assert (clip.reason, clip.messages, clip.interest) == ("near_miss", 10, 60)


def test_the_folder_stays_below_its_bound_and_the_least_interesting_go_first(tmp_path):
    store = ClipStore(tmp_path, 450_000)
    for at_s, reason in enumerate(["near_miss", "low_confidence", "near_miss", "intervention"]):
        assert written(store, reason, at_s) is not None
        assert store.size() <= 450_000
    assert [clip.reason for _, clip in store.clips()] == [
        "near_miss", "near_miss", "intervention",
    ]  # fmt: skip
    for at_s in (10, 11):
        assert written(store, "intervention", at_s) is not None
    assert [clip.start_ns // S for _, clip in store.clips()] == [3, 10, 11]
    assert written(store, "low_confidence", 20) is None


def test_what_people_have_labelled_is_not_thrown_away(tmp_path):
    store = ClipStore(tmp_path, 250_000)
    path = written(store, "low_confidence", 1)
    write_clip_file(path, replace(read_clip(path), outcome="false"))
    assert written(store, "intervention", 2) is None
    assert path.is_dir()


def test_folders_of_others_are_left_alone(tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes.txt").write_text("x" * 10**6)
    store = ClipStore(tmp_path, 300_000)
    assert written(store, "intervention", 1) is not None
    assert (tmp_path / "mine" / "notes.txt").is_file()


def test_every_cut_of_a_file_is_recovered_as_far_as_it_goes(tmp_path):
    path = written(ClipStore(tmp_path, 10**8), "near_miss", 5, 300)
    whole = next(path.glob("*.mcap")).read_bytes()
    counts = []
    for share in (0.001, 0.3, 0.6, 0.9, 0.99999):
        cut = tmp_path / f"cut{share}.mcap"
        cut.write_bytes(whole[: int(len(whole) * share)])
        target = tmp_path / f"bag{share}"
        counts.append(recover_bag(cut, target))
        assert target.is_dir() == (counts[-1] > 0)
        if counts[-1]:
            with open_bag(target) as bag:
                assert len(list(bag.messages({ODOM}))) == counts[-1]
    assert counts == sorted(counts)
    assert (counts[0], counts[-1]) == (0, 300)
    assert 20 < counts[1] < counts[2] < 300
    (tmp_path / "text.mcap").write_text("no bag")
    with pytest.raises(BagError, match="no MCAP file"):
        recover_bag(tmp_path / "text.mcap", tmp_path / "x")


_WRITES_SLOWLY = """
import sys, time
sys.path.insert(0, sys.argv[2])
from pathlib import Path
from test_clips import *
store = ClipStore(Path(sys.argv[1]), 10**9)
written(store, "near_miss", 1)
store.write(clip_of("intervention", 2), pieces_of(400), TYPES, lambda _: time.sleep(0.01))
"""


def test_a_recorder_killed_while_it_writes_loses_at_most_that_clip(tmp_path):
    here = str(Path(__file__).parent)
    process = subprocess.Popen([sys.executable, "-c", _WRITES_SLOWLY, str(tmp_path), here])
    end = time.monotonic() + 60.0

    def size() -> int:
        return sum(f.stat().st_size for f in tmp_path.glob("*_intervention/*.mcap"))

    while size() < 2_500_000:
        assert process.poll() is None
        assert time.monotonic() < end
        time.sleep(0.02)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    store = ClipStore(tmp_path, 10**9)
    assert [clip.reason for _, clip in store.clips()] == ["near_miss"]
    (sentence,) = store.sweep()
    assert "recovered" in sentence
    assert "of 400 messages" in sentence
    _, (path, clip) = store.clips()
    assert clip.recovered
    assert 100 < clip.messages < 400
    with open_bag(path) as bag:
        assert len(list(bag.messages({ODOM}))) == clip.messages
    assert store.sweep() == []


def test_a_crash_before_the_first_chunk_is_told(tmp_path):
    path = written(ClipStore(tmp_path, 10**8), "fault", 5)
    (path / "metadata.yaml").unlink()
    file = next(path.glob("*.mcap"))
    file.write_bytes(file.read_bytes()[:30])
    (sentence,) = ClipStore(tmp_path, 10**8).sweep()
    assert "before anything of it was written" in sentence
    assert not path.exists()


def test_the_writer_goes_on_after_a_folder_that_cannot_be_written(tmp_path):
    (tmp_path / "file").write_text("in the way")
    ring, said = Ring(10**8, 10**12), []
    writer = ClipWriter(ClipStore(tmp_path / "file", 10**8), ring, TYPES, said.append)
    for _ in range(2):
        ring.put(ODOM, 1, serialize_message(make_odometry(EgoMotion(1, 1.0, 0.0))))
        writer.put(clip_of("fault", 1), ring.take(0, 5))
    writer.close()
    ring.clear()
    assert (writer.skipped, writer.written, ring.held_bytes) == (2, 0, 0)
    assert all(sentence.startswith("error: ") for sentence in said)


@pytest.mark.parametrize(
    "content", ["", "{}", "[]", '{"name": "x", "triggers": [{"reason": "y"}]}']
)
def test_a_broken_clip_file_is_named(tmp_path, content):
    (tmp_path / "clip.json").write_text(content)
    with pytest.raises(BagError, match=r"clip\.json: is no clip file"):
        read_clip(tmp_path)
