# SPDX-License-Identifier: Apache-2.0
from bulwark_camera.pictures import PictureGate
from bulwark_core.component import Now

MS = 1_000_000


def now(ms):
    return Now(ms * MS, ms * MS)


def receive(gate, port, stamp_ms, now_ms):
    is_new = gate.is_new(port, stamp_ms * MS, now(now_ms))
    if is_new:
        gate.accept(port, stamp_ms * MS, now(now_ms))
    return is_new


def test_nothing_yet():
    assert PictureGate(0.5).problem(now(0)) == "no picture received"


def test_silence_is_named():
    gate = PictureGate(0.5)
    assert receive(gate, "image", 0, 10)
    assert gate.problem(now(510)) == ""
    assert gate.problem(now(1210)) == "no picture for 1.2 s"


def test_a_stamp_that_stands_still_is_named():
    gate = PictureGate(0.5)
    received = [receive(gate, "image", 0, ms) for ms in range(0, 1000, 100)]
    assert received == [True] + [False] * 9
    assert gate.problem(now(1000)) == (
        "no new picture for 1.0 s: the stamp stays the same or goes back"
    )
    assert receive(gate, "image", 1000, 1010)
    assert gate.problem(now(1020)) == ""


def test_the_first_topic_is_taken_until_it_is_silent():
    gate = PictureGate(0.5)
    assert receive(gate, "compressed", 0, 0)
    assert not receive(gate, "image", 100, 100)
    assert receive(gate, "compressed", 100, 110)
    assert not receive(gate, "image", 600, 600)
    assert receive(gate, "image", 700, 700)
    assert not receive(gate, "compressed", 800, 800)


def test_only_the_topic_in_use_can_jump_back():
    gate = PictureGate(0.5)
    receive(gate, "image", 1000, 0)
    assert not gate.has_jumped_back("compressed", 500 * MS)
    assert not gate.has_jumped_back("image", 1000 * MS)
    assert not gate.has_jumped_back("image", 900 * MS)  # it came out of order
    assert gate.has_jumped_back("image", 500 * MS)
