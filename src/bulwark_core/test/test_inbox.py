# SPDX-License-Identifier: Apache-2.0
import threading

from bulwark_core.inbox import Inbox


def drain(inbox):
    inbox.put("end")
    return list(iter(inbox.get, "end"))


def test_newer_replaces_unread_older_of_its_key_only():
    inbox = Inbox()
    inbox.put("cloud 1", replaces="points")
    inbox.put("odometry 1")
    inbox.put("cloud 2", replaces="points")
    inbox.put("odometry 2")
    assert drain(inbox) == ["odometry 1", "cloud 2", "odometry 2"]
    assert inbox.dropped == 1


def test_capacity_pushes_out_the_oldest():
    inbox = Inbox(capacity=2)
    for item in "abc":
        inbox.put(item)
    assert (inbox.get(), inbox.get(), inbox.dropped) == ("b", "c", 1)


def test_close_wakes_the_reader():
    inbox = Inbox()
    got = []
    reader = threading.Thread(target=lambda: got.append(inbox.get()))
    reader.start()
    inbox.close()
    reader.join(timeout=5)
    assert got == [None]
