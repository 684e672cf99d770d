# SPDX-License-Identifier: Apache-2.0
"""A wrong launch file: one line with file, line and what to do."""

import pytest

from bulwark_cli.launch.arguments import split_arguments
from bulwark_cli.launch.files import find_launch_file
from bulwark_cli.launch.parse import parse_file
from bulwark_core.errors import LaunchError

NODE = '<node pkg="p" exec="e">%s</node>'


@pytest.mark.parametrize(
    "inside, line, why",
    [
        ("\n<nod/>", 3, "<nod> is not supported; supported: arg, let, node"),
        ("<executable cmd='ls'/>", 2, "<executable> is not supported"),
        ("<node exec='e'/>", 2, "<node> needs the attribute 'pkg'"),
        ("<node pkg='p' exec='e' nam='x'/>", 2, "attribute 'nam' in <node> is not supported"),
        (NODE % "\n\n<remap to='b'/>", 4, "<remap> needs the attribute 'from'"),
        (NODE % "<remap from='a' to='b' if='1'/>", 2, "attribute 'if' in <remap>"),
        (NODE % "\n<arg name='a'/>", 3, "tag <arg> in <node> is not supported"),
        (NODE % "<param name='a'/>", 2, "needs either a value"),
        (NODE % "<param name='a' value='1' type='double'/>", 2, "type 'double' is unknown"),
        (NODE % "<param name='a' value='x' type='int'/>", 2, "'x' is not a number of type int"),
        (NODE % "<param from='a' name='b'/>", 2, "<param from=...> takes nothing else"),
        (NODE % "<param from='a' allow_substs='true'/>", 2, "attribute 'allow_substs'"),
        ("<let name='a' value='$(var b'/>", 2, "expected ' ' or ')'"),
        ("<let name='a' value='1' if='1' unless='0'/>", 2, "'if' and 'unless' exclude each other"),
        ("<group scoped='$(var x)'/>", 2, "<group scoped=...>"),
        ("<group forwarding='false'/>", 2, "attribute 'forwarding' in <group>"),
        ("<include file='x'><let name='a' value='b'/></include>", 2, "tag <let> in <include>"),
        ("<node pkg='p' exec='e' on_exit='restart'/>", 2, "on_exit = 'restart'"),
        ("<node pkg='p' exec='e' respawn_delay='-1'/>", 2, "must not be negative"),
        ("<node pkg='p' exec='e' respawn_delay='nan'/>", 2, "must not be negative"),
        ("<node pkg='p' exec='e' args=\"'a\"/>", 2, "<node args=...>: No closing quotation"),
    ],
)
def test_parse_error(launch_file, inside, line, why):
    path = launch_file(inside)
    with pytest.raises(LaunchError) as error:
        parse_file(path)
    assert str(error.value).startswith(f"{path}:{line}: ")
    assert why in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    "text, line, why",
    [
        ("<launch>\n<node>\n</launch>", 3, "not well-formed XML: mismatched tag"),
        ("", 1, "not well-formed XML: no element found"),
        ("<robot/>", 1, "the outermost tag is <robot>, not <launch>"),
        ("<launch deprecated='x'/>", 1, "attribute 'deprecated' in <launch> is not supported"),
        ("<launch/><launch/>", 1, "junk after document element"),
        ("<launch>&undefined;</launch>", 1, "undefined entity"),
    ],
)
def test_not_a_launch_file(tmp_path, text, line, why):
    path = tmp_path / "x.launch.xml"
    path.write_text(text)
    with pytest.raises(LaunchError) as error:
        parse_file(path)
    assert str(error.value).startswith(f"{path}:{line}: ")
    assert why in str(error.value)


def test_file_that_cannot_be_read(tmp_path):
    with pytest.raises(LaunchError, match=r"cannot read .*: Is a directory"):
        parse_file(tmp_path)


@pytest.mark.parametrize("name", ["stack.launch.py", "stack.launch.yaml"])
def test_other_kinds_of_launch_files(tmp_path, name):
    with pytest.raises(LaunchError, match="only XML launch files are supported"):
        parse_file(tmp_path / name)


def test_words_of_the_command_line():
    assert split_arguments(["a:=1", "b:=", "a:=x:=y"]) == {"a": "x:=y", "b": ""}
    for wrong in ("a", ":=1", "a=1"):
        with pytest.raises(LaunchError, match="expected name:=value"):
            split_arguments([wrong])


def test_launch_file_by_name(prefix, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    folder = prefix.package("bulwark_bringup") / "launch"
    folder.mkdir()
    (folder / "stack.launch.xml").write_text("<launch/>")
    assert find_launch_file("stack") == folder / "stack.launch.xml"
    assert find_launch_file("stack.launch.xml") == folder / "stack.launch.xml"
    with pytest.raises(LaunchError, match=r"no launch file 'stak'; .* has: stack"):
        find_launch_file("stak")


def test_launch_file_by_path(tmp_path, monkeypatch):
    (tmp_path / "a.xml").write_text("<launch/>")
    monkeypatch.chdir(tmp_path)
    assert find_launch_file("a.xml") == tmp_path / "a.xml"
