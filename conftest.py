# SPDX-License-Identifier: Apache-2.0
"""What every test of the workspace shares: repeatable examples, and a ROS domain of its own."""

import os
from pathlib import Path

from hypothesis import Phase, settings
from hypothesis.database import DirectoryBasedExampleDatabase

DOMAINS = 100  # domains 0 to 101 have ports below those that Linux hands out

settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.register_profile(
    "explore",  # pytest --hypothesis-profile=explore: other examples in every run, and more of them
    deadline=None,
    max_examples=2000,
    database=DirectoryBasedExampleDatabase(Path(__file__).parent / "build" / "hypothesis"),
)
settings.register_profile(
    "mutation",  # ./run mutate: a failure is enough, nobody reads the smallest example
    derandomize=True,
    deadline=None,
    phases=(Phase.explicit, Phase.generate),
)
settings.load_profile("repeatable")


def own_domain() -> int:
    """A ROS domain that no other worker of this run has, and hardly another run on the machine."""
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    if worker is None:
        return 1 + os.getpid() % DOMAINS
    return 1 + (os.getppid() + int(worker.removeprefix("gw"))) % DOMAINS


os.environ["ROS_DOMAIN_ID"] = str(own_domain())
os.environ["ROS_AUTOMATIC_DISCOVERY_RANGE"] = "LOCALHOST"
