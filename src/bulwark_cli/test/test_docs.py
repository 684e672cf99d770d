# SPDX-License-Identifier: Apache-2.0
"""What is generated from the code is up to date in the source tree."""

from __future__ import annotations

import pytest
import yaml

from bulwark_cli.docs import generated, source_root
from bulwark_core.interfaces import load_manifest
from bulwark_core.params import build


@pytest.mark.parametrize("path", generated(), ids=str)
def test_generated_files_are_up_to_date(path):
    assert (source_root() / path).read_text() == generated()[path], "run ./run docs"


def flat(tree: dict, prefix: str = "") -> dict:
    rows: dict = {}
    for name, value in tree.items():
        nested = isinstance(value, dict)
        rows |= flat(value, f"{prefix}{name}.") if nested else {prefix + name: value}
    return rows


@pytest.mark.parametrize("node", load_manifest().nodes.values(), ids=lambda node: node.name)
def test_the_shipped_parameters_are_the_defaults(node):
    text = (source_root() / f"config/{node.name}.param.yaml").read_text()
    given = flat(yaml.safe_load(text)["/**"]["ros__parameters"])
    assert build(node.params_class(), given) == node.params_class()()
