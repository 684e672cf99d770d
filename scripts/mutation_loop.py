# SPDX-License-Identifier: Apache-2.0
"""A pytest plugin of ./run mutate: collects the tests once and runs them against each mutant.

mutmut starts pytest anew for each mutant, which takes ten times as long. Every fixture is made anew
here too; only what test modules compute when they are imported is of the original.
"""

from __future__ import annotations

import json
import os
import signal
import time
from pathlib import Path

import pytest
from _pytest.runner import runtestprotocol

MUTANTS, VERDICTS = Path("mutants.json"), Path("verdicts.json")
"""Names of the mutants; whether each was killed. In the working folder."""
ACTIVE, FAIL = "MUTANT_UNDER_TEST", "fail"
"""What mutmut's mutants look at; and what makes every one of them fail."""
PATIENCE = 10.0
"""A mutant that takes so many times the processor's time of all tests, and 2 s, hangs."""


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> pytest.TestReport:
    """Only the outcome: what a failure looks like would cost most of the time."""
    failed = call.excinfo is not None and not call.excinfo.errisinstance(pytest.skip.Exception)
    outcome = "failed" if failed else "passed"
    return pytest.TestReport(item.nodeid, item.location, {}, outcome, None, call.when)


def passes(item: pytest.Item) -> bool:
    """Whether a test passes or is skipped, with all its fixtures made for it."""
    return not any(report.failed for report in runtestprotocol(item, log=False, nextitem=None))


def give_up(*_: object) -> None:
    raise TimeoutError("the mutant hangs")


def pytest_runtestloop(session: pytest.Session) -> bool:
    """In place of pytest's own: the quickest tests first, until one fails."""
    if session.testsfailed:
        raise session.Interrupted("tests could not be collected")
    cost, begin = {}, time.process_time()
    for item in session.items:
        start = time.process_time()
        if not passes(item):
            raise session.Failed(f"{item.nodeid} fails without a mutant")
        cost[item.nodeid] = time.process_time() - start
    limit = 2.0 + PATIENCE * (time.process_time() - begin)
    tests = sorted(session.items, key=lambda item: cost[item.nodeid])
    os.environ[ACTIVE] = FAIL
    if all(passes(item) for item in tests):
        raise session.Failed("the tests run none of the functions that are mutated")
    signal.signal(signal.SIGVTALRM, give_up)
    verdicts = {}
    for name in json.loads(MUTANTS.read_text(encoding="utf-8")):
        os.environ[ACTIVE] = name
        signal.setitimer(signal.ITIMER_VIRTUAL, limit)
        verdicts[name] = not all(passes(item) for item in tests)
        signal.setitimer(signal.ITIMER_VIRTUAL, 0.0)
        os.environ[ACTIVE] = ""
        VERDICTS.write_text(json.dumps(verdicts), encoding="utf-8")
    return True
