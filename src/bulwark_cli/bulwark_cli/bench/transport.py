# SPDX-License-Identifier: Apache-2.0
"""Measures how long a cloud takes from one process to another, by Fast DDS profile."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from bulwark_cli.resources import fastdds_profile
from bulwark_core.errors import BulwarkError

# Fast DDS 2 and 3 read different variables.
PROFILE_VARIABLES = ("FASTRTPS_DEFAULT_PROFILES_FILE", "FASTDDS_DEFAULT_PROFILES_FILE")
START_S = 20.0


@dataclass(frozen=True)
class Profile:
    """A Fast DDS configuration; `file` None is Fast DDS as it comes."""

    name: str
    file: Path | None


@dataclass(frozen=True)
class Result:
    """Latency of the delivered clouds [ms]; NaN where none arrived."""

    profile: str
    sent: int
    received: int
    p50_ms: float
    p99_ms: float

    def as_dict(self) -> dict[str, object]:
        """For JSON, where there is no NaN."""
        return {key: None if value != value else value for key, value in asdict(self).items()}


def profiles() -> list[Profile]:
    """What is compared: the shipped profile and the default."""
    return [Profile("shipped (config/fastdds.xml)", fastdds_profile()), Profile("default", None)]


def measure(profile: Profile, points: int, clouds: int, rate: float) -> Result:
    """Send clouds from one new process to another.

    Raises BulwarkError where a process fails or nothing connects.
    """
    environment = _environment(profile)
    arguments = ["--points", str(points), "--clouds", str(clouds), "--rate", str(rate)]
    limit_s = START_S + clouds / rate + 10.0
    with _worker("receive", arguments, environment) as receiver:
        with _worker("send", arguments, environment) as sender:
            _finish(sender, limit_s)
        latencies_ms = np.array(json.loads(_finish(receiver, limit_s)))
    p50, p99 = np.percentile(latencies_ms, [50, 99]) if len(latencies_ms) else (np.nan, np.nan)
    return Result(profile.name, clouds, len(latencies_ms), float(p50), float(p99))


def _environment(profile: Profile) -> dict[str, str]:
    environment = {k: v for k, v in os.environ.items() if k not in PROFILE_VARIABLES}
    # A domain of its own keeps a running stack out of the measurement.
    environment["ROS_DOMAIN_ID"] = str(60 + os.getpid() % 40)
    if profile.file is not None:
        environment |= dict.fromkeys(PROFILE_VARIABLES, str(profile.file))
    return environment


def _worker(role: str, arguments: list[str], environment: dict[str, str]) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "bulwark_cli.bench.transport_worker", role, *arguments]
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)


def _finish(process: subprocess.Popen[str], limit_s: float) -> str:
    try:
        output, _ = process.communicate(timeout=limit_s)
    except subprocess.TimeoutExpired:
        process.kill()
        raise BulwarkError(f"transport bench: no end within {limit_s:.0f} s") from None
    if process.returncode != 0:
        raise BulwarkError(f"transport bench: a process ended with {process.returncode}")
    return output
