# SPDX-License-Identifier: Apache-2.0
"""Tiny bags, written as recorders write them, and a headless Chromium to run reports in.

The browser is driven over the DevTools protocol through a pipe: no library needed.
"""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from rclpy.serialization import serialize_message
from rosbags.rosbag2 import CompressionFormat, CompressionMode, StoragePlugin, Writer
from rosbags.typesys import Stores, get_types_from_msg, get_typestore

from bulwark_core.convert.clouds import make_cloud
from bulwark_core.convert.odometry import make_odometry
from bulwark_core.convert.transforms import make_transforms
from bulwark_core.geometry import rigid
from bulwark_core.objects import EgoMotion

MESSAGES = Path(__file__).parents[2] / "bulwark_msgs" / "msg"
START_NS = 1_700_000_000_000_000_000
Entry = tuple[str, Any, int]

_LOADED = """new Promise((done) =>
  document.readyState === "complete" ? done() : addEventListener("load", done))"""


class Page:
    """One page. `problems` collects exceptions, console errors and requests to anywhere else."""

    def __init__(self, to_browser: int, from_browser: int) -> None:
        self._writer, self._reader = to_browser, from_browser
        self._buffer = b""
        self._id = 0
        self.session: str | None = None
        self.problems: list[str] = []

    def send(self, method: str, **params: Any) -> dict[str, Any]:
        self._id += 1
        message: dict[str, Any] = {"id": self._id, "method": method, "params": params}
        if self.session:
            message["sessionId"] = self.session
        os.write(self._writer, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._read()
            if answer.get("id") == self._id:
                assert "error" not in answer, answer
                return answer["result"]
            self._note(answer)

    def _read(self) -> dict[str, Any]:
        while b"\0" not in self._buffer:
            data = os.read(self._reader, 1 << 20)
            assert data, "Chromium ended"
            self._buffer += data
        message, self._buffer = self._buffer.split(b"\0", maxsplit=1)
        return json.loads(message)

    def _note(self, event: dict[str, Any]) -> None:
        method, params = event.get("method"), event.get("params", {})
        if method == "Runtime.exceptionThrown":
            self.problems.append(json.dumps(params["exceptionDetails"]))
        if method == "Runtime.consoleAPICalled" and params["type"] in ("error", "warning"):
            self.problems.append(json.dumps(params["args"]))
        if method == "Log.entryAdded" and params["entry"]["level"] == "error":
            self.problems.append(params["entry"]["text"])
        if method == "Network.requestWillBeSent":
            url = params["request"]["url"]
            if not url.startswith(("file:", "data:", "about:")):
                self.problems.append(f"request to {url}")

    def new(self) -> None:
        """A fresh page in the same browser."""
        self.session = None
        target = self.send("Target.createTarget", url="about:blank")["targetId"]
        attached = self.send("Target.attachToTarget", targetId=target, flatten=True)
        self.session, self.problems = attached["sessionId"], []
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.send(f"{domain}.enable")
        self.size(1360, 900)

    def open(self, path: Path) -> None:
        self.send("Page.navigate", url=path.resolve().as_uri())
        self.evaluate(_LOADED)

    def evaluate(self, script: str) -> Any:
        answer = self.send(
            "Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True
        )
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    def press(self, key: str, text: str = "") -> None:
        for kind in ("keyDown", "keyUp"):
            down = {"text": text} if kind == "keyDown" and text else {}
            self.send("Input.dispatchKeyEvent", type=kind, key=key, **down)

    def dark(self, on: bool) -> None:
        value = "dark" if on else "light"
        features = [{"name": "prefers-color-scheme", "value": value}]
        self.send("Emulation.setEmulatedMedia", features=features)

    def size(self, width: int, height: int) -> None:
        self.send(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=False,
        )

    def screenshot(self, path: Path) -> None:
        data = self.send("Page.captureScreenshot", format="png", captureBeyondViewport=True)
        path.write_bytes(base64.b64decode(data["data"]))


@contextmanager
def chromium(profile: Path) -> Iterator[Page]:
    """A headless Chromium without a page yet; skips the test where there is none."""
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        pytest.skip("no Chromium on this machine: the report's scripts are not run")
    (read_here, write_there), (read_there, write_here) = os.pipe(), os.pipe()
    flags = ["--headless=new", "--no-sandbox", "--disable-gpu", "--remote-debugging-pipe"]
    flags += [f"--user-data-dir={profile}", "about:blank"]
    shell = f'exec "$@" 3<&{read_there} 4>&{write_there}'
    process = subprocess.Popen(
        ["bash", "-c", shell, "bash", program, *flags],
        pass_fds=(read_there, write_there),
        stderr=subprocess.DEVNULL,
    )
    os.close(read_there)
    os.close(write_there)
    page = Page(write_here, read_here)
    try:
        yield page
        page.session = None
        page.send("Browser.close")
    finally:
        os.close(write_here)
        os.close(read_here)
        process.wait(timeout=20)


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    with chromium(tmp_path_factory.mktemp("chromium")) as page:
        yield page


@pytest.fixture
def page(browser: Page) -> Page:
    browser.new()
    return browser


def _type_name(message: Any) -> str:
    package = type(message).__module__.split(".", maxsplit=1)[0]
    return f"{package}/msg/{type(message).__name__}"


def _typestore() -> Any:
    store = get_typestore(Stores.ROS2_JAZZY)
    for name in ("VehicleStatus", "Object", "ObjectArray"):
        text = (MESSAGES / f"{name}.msg").read_text()
        store.register(get_types_from_msg(text, f"bulwark_msgs/msg/{name}"))
    return store


@pytest.fixture
def write_bag(tmp_path: Path) -> Callable[..., Path]:
    """`write_bag(entries, storage, compression)`; an entry is (topic, message, log time)."""

    def write(
        entries: Sequence[Entry],
        storage: StoragePlugin = StoragePlugin.MCAP,
        compression: CompressionMode = CompressionMode.NONE,
        name: str = "drive",
    ) -> Path:
        path, store, connections = tmp_path / name, _typestore(), {}
        writer = Writer(path, version=9, storage_plugin=storage)
        writer.set_compression(compression, CompressionFormat.ZSTD)
        with writer:
            for topic, message, log_ns in entries:
                if topic not in connections:
                    connections[topic] = writer.add_connection(
                        topic, _type_name(message), typestore=store
                    )
                writer.write(connections[topic], log_ns, serialize_message(message))
        return path

    return write


def scan(ns: int, ahead: float = 12.0) -> Any:
    """A road 1.7 m below the lidar, and the back of a car `ahead` metres from it."""
    x, y = np.meshgrid(np.arange(-20.0, 40.0, 0.5), np.arange(-8.0, 8.0, 0.5))
    road = np.stack([x, y, np.full_like(x, -1.7)], axis=-1).reshape(-1, 3)
    y, z = np.meshgrid(np.arange(-0.9, 0.91, 0.06), np.arange(-1.5, -0.3, 0.06))
    car = np.stack([np.full_like(y, ahead), y, z], axis=-1).reshape(-1, 3)
    return make_cloud(np.concatenate([road, car]).astype(np.float32), "lidar", ns)


def drive(scans: int = 6, speed: float = 3.0, gap: float = 12.0) -> list[Entry]:
    """A car drives towards a standing one: transforms, odometry at 50 Hz, scans at 10 Hz."""
    entries: list[Entry] = [
        ("/tf_static", make_transforms([("base_link", "lidar", rigid(z=1.7))], START_NS), START_NS)
    ]
    for step in range(scans * 5):
        ns, t = START_NS + step * 20_000_000, step * 0.02
        ego = EgoMotion(ns, speed=speed, yaw_rate=0.0, x=speed * t)
        entries.append(("/odom", make_odometry(ego), ns))
        if step % 5 == 0:
            entries.append(("/points", scan(ns, ahead=gap - speed * t), ns))
    return entries


@pytest.fixture
def drive_bag(write_bag: Callable[..., Path]) -> Path:
    return write_bag(drive())


@pytest.fixture
def drive_entries() -> list[Entry]:
    return drive()


@pytest.fixture
def make_drive() -> Callable[..., list[Entry]]:
    return drive
