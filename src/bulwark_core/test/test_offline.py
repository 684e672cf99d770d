# SPDX-License-Identifier: Apache-2.0
from bulwark_core.component import Component, Output
from bulwark_core.errors import BadMessageError
from bulwark_core.health import Level, Status
from bulwark_core.offline import OfflineHost


class Recording(Component):
    """Notes what it gets; passes messages on."""

    timer_period_s = 0.02

    def __init__(self, log, passes):
        super().__init__()
        self._log, self._passes = log, passes

    def handlers(self):
        return {
            port: lambda message, now, port=port: self._on(port, message, now)
            for port in self._passes
        }

    def _on(self, port, message, now):
        self._log.append((self.name, port, message, now.ns))
        if message == "bad":
            raise BadMessageError("it is bad")
        output = self._passes[port]
        return [Output(output, f"{message}>")] if output else []

    def on_timer(self, now):
        self._log.append((self.name, "timer", None, now.ns))
        return []

    def reset(self):
        self._log.append((self.name, "reset", None, None))

    def health(self, now):
        return [Status("work", Level.OK, "fine")]


class Lidar(Recording):
    name = "lidar_perception"


class Obstacles(Recording):
    name = "static_obstacles"


MS = 1_000_000


def chain():
    log, sent = [], []
    host = OfflineHost(
        [
            Lidar(log, {"points": "objects"}),
            Obstacles(log, {"objects": "static_obstacles"}),
        ]
    )
    host.on_output(lambda topic, message, ns: sent.append((topic, message, ns)))
    return host, log, sent


def test_outputs_reach_others_at_once():
    host, log, sent = chain()
    host.deliver("/lidar/points", "a", 5)
    assert [entry[:3] for entry in log] == [
        ("lidar_perception", "points", "a"),
        ("static_obstacles", "objects", "a>"),
    ]
    assert sent == [
        ("/perception/lidar/objects", "a>", 5),
        ("/perception/static_obstacles", "a>>", 5),
    ]


def test_timers_before_messages_but_after_those_of_equal_time():
    host, log, _ = chain()
    host.deliver("/lidar/points", "a", 0)
    log.clear()
    host.deliver("/lidar/points", "b", 40 * MS)
    host.advance(40 * MS)
    assert [(name, port, ns) for name, port, _, ns in log] == [
        ("lidar_perception", "timer", 20 * MS),
        ("static_obstacles", "timer", 20 * MS),
        ("lidar_perception", "points", 40 * MS),
        ("static_obstacles", "objects", 40 * MS),
        ("lidar_perception", "timer", 40 * MS),
        ("static_obstacles", "timer", 40 * MS),
    ]


def test_a_clock_that_jumps_back_resets():
    host, log, _ = chain()
    host.deliver("/lidar/points", "a", 100 * MS)
    log.clear()
    host.deliver("/lidar/points", "b", 10 * MS)
    assert [port for _, port, _, _ in log] == ["reset", "reset", "points", "objects"]


def test_a_bad_message_is_reported_and_the_rest_goes_on():
    host, _, sent = chain()
    host.deliver("/lidar/points", "bad", 0)
    hosted = host.hosted["lidar_perception"]
    now = type("T", (), {"ns": 1, "steady_ns": 1})
    assert [s.message for s in hosted.health(now)] == ["fine", "points: it is bad"]
    host.deliver("/lidar/points", "good", 10)
    assert sent[-1][1] == "good>>"
    assert hosted.bad_messages == 1


def test_topics_that_nobody_wants_are_ignored():
    host, log, _ = chain()
    host.deliver("/nowhere", "a", 0)
    assert log == []
