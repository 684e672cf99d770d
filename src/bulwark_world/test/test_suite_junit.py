# SPDX-License-Identifier: Apache-2.0
"""JUnit of a suite: readable, complete, and with what failed."""

from xml.etree import ElementTree

from bulwark_world.figures import Figures
from bulwark_world.runner import Conditions, Record, suite_json
from bulwark_world.suite_junit import junit_xml

FIGURES = Figures(50.0, 3.0, None, 0.5, 2.0, 1.0, 1.0, 8.0, 8.0, 0.1)
RECORDS = [
    Record("good", "no contact", True, "", "UN R152", "standard", FIGURES),
    Record("bad <&> \x07", "no contact", False, "contact at 3.0 km/h", "", "", FIGURES),
    Record("broken", "", False, "not carried out: file:3: \x00 is wrong"),
]


def test_each_run_is_a_case_with_its_verdict():
    result = suite_json("mine", [], Conditions(seed=3), RECORDS)
    root = ElementTree.fromstring(junit_xml([result, result]).encode())
    assert [suite.attrib for suite in root] == [
        {"name": "mine", "tests": "3", "failures": "1", "errors": "1"}
    ] * 2
    cases = root[0].findall("testcase")
    assert [case.get("name") for case in cases] == ["good", "bad <&> ", "broken"]
    assert [case.get("classname") for case in cases] == ["mine.standard", "mine", "mine"]
    assert [[child.tag for child in case] for case in cases] == [[], ["failure"], ["error"]]
    assert cases[1][0].get("message") == "contact at 3.0 km/h"
    assert cases[2][0].get("message") == "not carried out: file:3:  is wrong"
    assert root[0].find("properties/property[@name='seed']").get("value") == "3"
