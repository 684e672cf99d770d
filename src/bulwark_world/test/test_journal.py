# SPDX-License-Identifier: Apache-2.0
"""Going on where an interrupted suite was, and never with stale outcomes."""

import json
from dataclasses import replace

import pytest

from bulwark_world import journal as journal_module
from bulwark_world.figures import Figures
from bulwark_world.journal import Journal, journal_key
from bulwark_world.runner import Conditions, Outcome, Record
from bulwark_world.stack import Sensing
from bulwark_world.suite import load_suite
from bulwark_world.suite_drive import Means, Watcher, drive_suite

FIGURES = Figures(50.1, None, 1.0 / 3.0, 0.5, 2.0, 1.0, 1.0, 8.0, 8.0, -1e-17)
GOOD = Outcome(Record("a", "no contact", True, "", "UN R152", "base", FIGURES), {"t": [0.1]}, 3.2)
BAD = Outcome(Record("b é", "", False, "not carried out: no\nway"))


def opened(folder, key="k" * 64, **options):
    return Journal.open(folder, "mine", key, **options)


def text_of(folder):
    (file,) = folder.glob("*.jsonl")
    return file, file.read_text()


def test_what_was_added_is_known_again_to_the_bit(tmp_path):
    first = opened(tmp_path)
    for outcome in (GOOD, BAD):
        first.add(outcome)
    first.close(finished=False)
    again = opened(tmp_path)
    assert list(again.known.values()) == [GOOD, BAD]


@pytest.mark.parametrize("cut", [1, 40])
def test_a_line_that_was_cut_off_is_removed_and_the_rest_goes_on(tmp_path, cut):
    first = opened(tmp_path)
    first.add(GOOD)
    first.add(BAD)
    first.close(finished=False)
    file, text = text_of(tmp_path)
    file.write_text(text[:-cut])
    again = opened(tmp_path)
    assert list(again.known) == ["a"]
    again.add(BAD)
    again.close(finished=False)
    assert text_of(tmp_path)[1] == text


@pytest.mark.parametrize(
    "rubbish", [b"\xff\xfe\n", b"[]\n", b'{"outcome": {"record": 3}}\n', b"\n"]
)
def test_rubbish_and_what_follows_it_is_removed(tmp_path, rubbish):
    first = opened(tmp_path)
    first.add(GOOD)
    first.close(finished=False)
    file, text = text_of(tmp_path)
    head, row = text.splitlines(keepends=True)
    file.write_bytes(head.encode() + row.encode() + rubbish + row.encode())
    again = opened(tmp_path)
    assert list(again.known) == ["a"]
    assert text_of(tmp_path)[1] == text


def test_another_key_or_a_fresh_start_knows_nothing(tmp_path):
    first = opened(tmp_path)
    first.add(GOOD)
    first.close(finished=False)
    assert not opened(tmp_path, "l" * 64).known
    same_name = "k" * 16 + "x" * 48
    assert not opened(tmp_path, same_name).known
    first = opened(tmp_path)
    first.add(GOOD)
    first.close(finished=False)
    assert not opened(tmp_path, fresh=True).known


def test_a_finished_journal_is_removed(tmp_path):
    folder = tmp_path / "scenarios"
    journal = opened(folder)
    journal.add(GOOD)
    journal.close(finished=True)
    assert not folder.exists()


def test_two_at_once_do_not_write_into_one_file(tmp_path):
    first, second = opened(tmp_path), opened(tmp_path)
    second.add(GOOD)
    second.close(finished=True)
    assert "under way in another process" in second.note
    first.add(BAD)
    first.close(finished=False)
    assert list(opened(tmp_path).known) == [BAD.record.id]


def test_where_nothing_can_be_written_it_goes_without(tmp_path):
    (tmp_path / "file").write_text("")
    journal = opened(tmp_path / "file" / "folder")
    journal.add(GOOD)
    journal.close(finished=True)
    assert "cannot be written" in journal.note


SUITE = """\
about: A test.
runs:
  - id: "{clearance:g}"
    scenario: own.yaml
    grid: {clearance: [-1, 1, 2, 3]}
  - {id: wrong, scenario: nothing}
"""
SCENARIO = """\
about: Half a second beside a car.
parameters: {clearance: {default: 1, minimum: -5, maximum: 5, about: to the side}}
ego: {speed_kmh: 30}
actors: {target: {kind: car, ahead: 30, beside: $clearance}}
expect: {reaction: false}
end: {after_s: 0.5}
"""


@pytest.fixture
def suite(tmp_path):
    (tmp_path / "own.yaml").write_text(SCENARIO)
    file = tmp_path / "mine.yaml"
    file.write_text(SUITE)
    return load_suite(str(file))


def key_of(suite, conditions=None):
    files = [suite.file, suite.file.with_name("own.yaml")]
    return journal_key(files, suite.runs, conditions or Conditions())


def test_the_key_is_of_all_that_outcomes_depend_on(suite, monkeypatch):
    changes = {"seed": 2}, {"settings": {"brake": "mid"}}, {"sensing": Sensing.LIDAR}
    assert key_of(suite) == key_of(suite)
    keys = [key_of(suite, Conditions(**change)) for change in ({}, *changes)]
    keys.append(key_of(replace(suite, runs=suite.runs[:-1])))
    suite.file.with_name("own.yaml").write_text(SCENARIO.replace("30", "31"))
    keys.append(key_of(suite))
    suite.file.write_text(SUITE + "# changed\n")
    keys.append(key_of(suite))
    monkeypatch.setattr(journal_module, "source_state", lambda: "other code")
    keys.append(key_of(suite))
    assert len(set(keys)) == len(keys) == 8


class Interrupting:
    """Stops a suite after so many outcomes."""

    def __init__(self, after):
        self.after, self.done, self.ids = after, [], []

    def begun(self, done, note):
        self.done = done

    def ended(self, outcome):
        self.ids.append(outcome.record.id)
        if len(self.ids) == self.after:
            raise KeyboardInterrupt


def drive(suite, folder, after=99, **means):
    watcher = Interrupting(after)
    means = Means(workers=1, folder=folder, **means)
    outcomes = drive_suite(suite, Conditions(), means, Watcher(watcher.begun, watcher.ended))
    return watcher, outcomes


def test_an_interrupted_suite_goes_on_and_gives_the_same(suite, tmp_path):
    whole = drive(suite, None)[1]
    assert [outcome.record.id for outcome in whole] == ["-1", "1", "2", "3", "wrong"]
    with pytest.raises(KeyboardInterrupt):
        drive(suite, tmp_path / "journals", after=2)
    watcher, resumed = drive(suite, tmp_path / "journals")
    assert watcher.done == 2
    assert json.dumps([o.record.as_json() for o in resumed]) == json.dumps(
        [o.record.as_json() for o in whole]
    )
    assert not (tmp_path / "journals").exists()
    assert drive(suite, tmp_path / "journals")[0].done == 0


def test_after_a_change_or_fresh_it_starts_anew(suite, tmp_path):
    for change in ({}, {"fresh": True}):
        with pytest.raises(KeyboardInterrupt):
            drive(suite, tmp_path / "journals", after=2, fresh=True)
        if not change:
            suite.file.with_name("own.yaml").write_text(SCENARIO.replace("ahead: 30", "ahead: 31"))
        assert drive(suite, tmp_path / "journals", **change)[0].done == 0
