# SPDX-License-Identifier: Apache-2.0
"""The command itself."""

import runpy
import sys

import pytest


def test_the_module_can_be_run(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["bulwark", "--help"])
    monkeypatch.delitem(sys.modules, "bulwark_cli.main", raising=False)
    with pytest.raises(SystemExit) as ended:
        runpy.run_module("bulwark_cli.main", run_name="__main__")
    assert ended.value.code == 0
    assert "scenarios" in capsys.readouterr().out
