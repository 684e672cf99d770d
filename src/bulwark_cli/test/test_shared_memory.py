# SPDX-License-Identifier: Apache-2.0
"""Cleaning up after Fast DDS, in a folder of the test's own instead of /dev/shm."""

import fcntl
import mmap
import os

import pytest

from bulwark_cli.launch.shared_memory import remove_stale

SEGMENT = "fastrtps_0123456789abcdef"
PORT = "fastrtps_port7411"


@pytest.fixture
def folder(tmp_path):
    for name in (SEGMENT, f"{SEGMENT}_el", PORT, f"{PORT}_el", f"sem.{PORT}_mutex"):
        (tmp_path / name).write_bytes(b"x" * 64)
    return tmp_path


def names(folder):
    return {path.name for path in folder.iterdir()}


def test_what_nobody_holds_is_removed(folder):
    assert remove_stale(folder) == 2
    assert names(folder) == set()


def test_locked_segment_stays(folder):
    with (folder / f"{SEGMENT}_el").open("r+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        assert remove_stale(folder) == 1
        assert names(folder) == {SEGMENT, f"{SEGMENT}_el"}
    assert remove_stale(folder) == 1


def test_port_with_one_of_its_locks_held_stays(folder):
    before = names(folder) | {f"{PORT}_sl"}
    with (folder / f"{PORT}_sl").open("w+b") as file:
        fcntl.flock(file, fcntl.LOCK_SH)
        assert remove_stale(folder) == 1
    assert names(folder) == before - {SEGMENT, f"{SEGMENT}_el"}


def test_mapped_segment_stays_though_unlocked(folder):
    with (folder / SEGMENT).open("r+b") as file, mmap.mmap(file.fileno(), 0):
        assert remove_stale(folder) == 1
    assert SEGMENT in names(folder)


def test_other_files_stay(tmp_path):
    others = {
        "fastrtps_short_el",
        "sem.other",
        "fastrtps_port7411",
        "other_el",
        "fastrtps_portx_el",
    }
    for name in others:
        (tmp_path / name).touch()
    assert remove_stale(tmp_path) == 0
    assert names(tmp_path) == others


@pytest.mark.skipif(os.geteuid() == 0, reason="root may open every file")
def test_file_that_may_not_be_opened_stays(folder):
    (folder / f"{SEGMENT}_el").chmod(0)
    assert remove_stale(folder) == 1
    assert SEGMENT in names(folder)


def test_missing_folder(tmp_path):
    assert remove_stale(tmp_path / "no") == 0
