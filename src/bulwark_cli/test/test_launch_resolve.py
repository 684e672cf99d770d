# SPDX-License-Identifier: Apache-2.0
from pathlib import Path

import pytest

from bulwark_cli.launch.resolve import resolve_file
from bulwark_cli.launch.spec import File, Inline, Rule
from bulwark_core.errors import LaunchError


@pytest.fixture
def resolve(launch_file):
    def run(inside, environment=None, **arguments):
        return resolve_file(launch_file(inside), arguments, environment or {}).nodes

    return run


def executables(nodes):
    return [node.executable for node in nodes]


def node(text, attributes=""):
    return f'<node pkg="p" exec="{text}" {attributes}/>'


class TestArguments:
    def test_default_and_given(self, resolve):
        file = f'<arg name="a" default="x"/>{node("$(var a)")}'
        assert executables(resolve(file)) == ["x"]
        assert executables(resolve(file, a="y")) == ["y"]

    def test_default_may_use_earlier_arguments(self, resolve):
        file = f'<arg name="a" default="x"/><arg name="b" default="$(var a)y"/>{node("$(var b)")}'
        assert executables(resolve(file, a="z")) == ["zy"]

    def test_unknown_one_names_the_known(self, resolve):
        with pytest.raises(LaunchError, match=r"no argument 'modle'; did you mean 'model'.*model"):
            resolve('<arg name="model" default=""/>', modle="x")

    def test_required_one_is_named_with_its_line(self, resolve):
        with pytest.raises(LaunchError, match=r"'bag' \(a drive\) of .*test\.launch\.xml:2"):
            resolve('<arg name="bag" description="a drive"/>')

    def test_choices(self, resolve):
        file = '<arg name="a" default="x"><choice value="x"/><choice value="y"/></arg>'
        assert resolve(file, a="y") == ()
        with pytest.raises(LaunchError, match=r"test.launch.xml:2: argument a:=z .* x, y"):
            resolve(file, a="z")

    def test_argument_of_an_included_file_can_be_given(self, resolve, launch_file):
        launch_file(f'<arg name="inner" default="x"/>{node("$(var inner)")}', "inc.xml")
        file = '<include file="$(dirname)/inc.xml"/>'
        assert executables(resolve(file, inner="y")) == ["y"]

    def test_argument_that_the_include_passes_cannot_be_given(self, resolve, launch_file):
        launch_file(f'<arg name="inner" default="x"/>{node("$(var inner)")}', "inc.xml")
        file = '<include file="$(dirname)/inc.xml"><arg name="inner" value="z"/></include>'
        assert executables(resolve(file)) == ["z"]

    def test_first_declaration_decides_whether_it_is_required(self, resolve):
        assert resolve('<arg name="a" default="1"/><arg name="a"/>') == ()
        assert resolve('<arg name="a" default="1" if="false"/><arg name="a"/>', a="2") == ()

    def test_broken_file_behind_a_false_condition_does_not_matter(self, resolve, launch_file):
        launch_file("<executable/>", "inc.xml")
        assert resolve('<include file="$(dirname)/inc.xml" if="false"/>') == ()
        with pytest.raises(LaunchError, match=r"inc\.xml:2: <executable> is not supported"):
            resolve('<include file="$(dirname)/inc.xml"/>')

    def test_argument_behind_a_condition_can_be_given(self, resolve):
        assert resolve('<arg name="a" default="1" if="false"/>', a="2") == ()


class TestScopes:
    def test_let_replaces_from_there_on(self, resolve):
        file = f'<let name="a" value="1"/>{node("$(var a)")}<let name="a" value="2"/>'
        assert executables(resolve(file + node("$(var a)"))) == ["1", "2"]

    def test_group_keeps_its_changes_to_itself(self, resolve):
        group = f'<group><let name="a" value="2"/><set_env name="E" value="2"/>{node("in")}</group>'
        file = f'<let name="a" value="1"/>{group}{node("$(var a)")}'
        inner, outer = resolve(file)
        assert (inner.environment, outer.environment) == ({"E": "2"}, {})
        assert outer.executable == "1"

    def test_unscoped_group_does_not(self, resolve):
        file = f'<group scoped="false"><let name="a" value="2"/></group>{node("$(var a)")}'
        assert executables(resolve(file)) == ["2"]

    def test_include_is_no_scope(self, resolve, launch_file):
        launch_file('<arg name="a" default="1"/><let name="b" value="2"/>', "inc.xml")
        file = f'<include file="$(dirname)/inc.xml"/>{node("$(var a)$(var b)")}'
        assert executables(resolve(file)) == ["12"]

    def test_second_include_sees_the_first_ones_default(self, resolve, launch_file):
        launch_file('<arg name="a" default="1"/>', "one.xml")
        launch_file(f'<arg name="a" default="2"/>{node("$(var a)")}', "two.xml")
        one, two = (f'<include file="$(dirname)/{name}.xml"/>' for name in ("one", "two"))
        assert executables(resolve(one + two)) == ["1"]
        assert executables(resolve(f"<group>{one}</group>{two}")) == ["2"]

    def test_include_needs_required_arguments_passed(self, resolve, launch_file):
        launch_file('<arg name="a"/>', "inc.xml")
        with pytest.raises(LaunchError, match=r"test\.launch\.xml:2: the required argument 'a'"):
            resolve('<include file="$(dirname)/inc.xml"/>')

    def test_dirname_is_the_included_files(self, resolve, launch_file):
        path = launch_file(node("$(dirname)"), "sub/inc.xml")
        (inner,) = resolve('<include file="$(dirname)/sub/inc.xml"/>')
        assert inner.executable == str(path.parent)

    def test_dirname_after_include_from_elsewhere_is_refused(self, resolve, launch_file):
        launch_file("", "sub/inc.xml")
        file = '<include file="$(dirname)/sub/inc.xml"/>' + node("$(dirname)")
        with pytest.raises(LaunchError, match="in some releases of launch"):
            resolve(file)

    def test_file_that_includes_itself(self, resolve):
        with pytest.raises(LaunchError, match="does it include itself"):
            resolve('<include file="$(filename)"/>')


class TestConditions:
    @pytest.mark.parametrize("word", ["true", "1", "True", " TRUE "])
    def test_true(self, resolve, word):
        assert executables(resolve(node("a", f'if="{word}"') + node("b", f'unless="{word}"'))) == [
            "a"
        ]

    @pytest.mark.parametrize("word", ["false", "0", "FALSE"])
    def test_false(self, resolve, word):
        assert executables(resolve(node("a", f'if="{word}"') + node("b", f'unless="{word}"'))) == [
            "b"
        ]

    @pytest.mark.parametrize("word", ["", "yes", "on", "2"])
    def test_neither(self, resolve, word):
        with pytest.raises(LaunchError, match="neither true, false, 1 nor 0"):
            resolve(node("a", f'if="{word}"'))

    def test_what_is_not_carried_out_is_not_evaluated(self, resolve):
        assert resolve('<group if="false"><let name="a" value="$(var no)"/></group>') == ()


class TestSubstitutions:
    @pytest.mark.parametrize(
        "text, result",
        [
            ("$(env HOME)", "/home/me"),
            ("$(env NO none)", "none"),
            ("$(var no 'a default')", "a default"),
            ("$(not true)", "false"),
            ("$(and true 0)", "false"),
            ("$(or true 0)", "true"),
            ("$(equals 1 1.0)", "true"),
            ("$(equals true 1)", "true"),
            ("$(equals a A)", "false"),
            ("$(not-equals a b)", "true"),
            ("$(if on a b)", "a"),
            ("$(if off a)", ""),
            ("$(if off $(var no) b)", "b"),
        ],
    )
    def test_value(self, resolve, text, result):
        assert executables(resolve(node(text), {"HOME": "/home/me"})) == [result]

    @pytest.mark.parametrize(
        "text, why",
        [
            ("$(var no)", "no argument or variable 'no' here"),
            ("$(env NO)", "environment variable 'NO' is not set"),
            ("$(var)", r"\$\(var\) takes 1 to 2 arguments, not 0"),
            ("$(eval 1+1)", r"\$\(eval\) runs Python"),
            ("$(anon x)", r"\$\(anon\) is not supported; there are and, dirname"),
            ("$(find-pkg-share no_such)", "package 'no_such' is not installed"),
            ("$(not maybe)", "'maybe' is neither true nor false"),
            ("$(var a", "expected"),
        ],
    )
    def test_error_has_file_and_line(self, resolve, text, why):
        with pytest.raises(LaunchError, match=rf"test\.launch\.xml:2: .*{why}"):
            resolve(node(text))

    def test_find_pkg_share(self, resolve, prefix):
        share = prefix.package("some_package")
        assert executables(resolve(node("$(find-pkg-share some_package)"))) == [str(share)]


class TestNamespaces:
    @pytest.mark.parametrize(
        "pushed, own, full",
        [
            (None, "", "/n"),
            (None, "a", "/a/n"),
            (None, "/a/b/", "/a/b/n"),
            ("x", "", "/x/n"),
            ("x", "a", "/x/a/n"),
            ("/x", "/a", "/a/n"),
            ("x", None, "/x/n"),
        ],
    )
    def test_joined(self, resolve, pushed, own, full):
        push = f'<push_ros_namespace namespace="{pushed}"/>' if pushed else ""
        namespace = "" if own is None else f'namespace="{own}"'
        (spec,) = resolve(push + node("e", f'name="n" {namespace}'))
        assert spec.full_name == full

    def test_neither_leaves_it_to_the_node(self, resolve):
        (spec,) = resolve(node("e", 'name="n"'))
        assert (spec.namespace, spec.full_name) == (None, None)

    def test_bad_names(self, resolve):
        with pytest.raises(LaunchError, match="'1a' is no node name"):
            resolve(node("e", 'name="1a"'))
        with pytest.raises(LaunchError, match="'/a b' is no namespace"):
            resolve(node("e", 'name="a" namespace="a b"'))

    def test_two_nodes_of_one_name(self, resolve):
        twin = node("e", 'name="n" namespace="/"')
        with pytest.raises(
            LaunchError, match=r"xml:3: a second node is called /n; the first is .*:2"
        ):
            resolve(f"{twin}\n{twin}")


class TestParameters:
    def test_order_of_sources_is_kept(self, resolve, tmp_path):
        (tmp_path / "p.yaml").write_text("")
        (spec,) = resolve(
            """<set_parameter name="use_sim_time" value="true"/>
            <node pkg="p" exec="e">
              <param name="a" value="1"/>
              <param from="$(dirname)/p.yaml"/>
              <param name="b"><param name="c" value="x"/><param name="d" value="1.5"/></param>
            </node>"""
        )
        assert spec.parameters == (
            Rule("use_sim_time", True),
            Inline({"a": 1}),
            File(tmp_path / "p.yaml"),
            Inline({"b.c": "x", "b.d": 1.5}),
        )

    def test_missing_file_is_an_error(self, resolve):
        with pytest.raises(LaunchError, match=r"xml:3: parameter file /no/such\.yaml does not"):
            resolve('<node pkg="p" exec="e">\n<param from="/no/such.yaml"/></node>')

    def test_set_parameter_with_a_list_is_refused(self, resolve):
        with pytest.raises(LaunchError, match=r"xml:2: launch_ros passes a list in <set_param"):
            resolve('<set_parameter name="a" value="[1, 2]"/>')

    def test_set_parameter_ends_with_its_group(self, resolve):
        group = '<group><set_parameter name="a" value="1"/></group>'
        (spec,) = resolve('<set_parameter name="b" value="2"/>' + group + node("e"))
        assert spec.parameters == (Rule("b", 2),)


class TestCommand:
    def command(self, spec):
        self.written = []
        return spec.command(Path("/lib/p/e"), self.write)

    def write(self, text):
        self.written.append(text)
        return Path(f"/tmp/{len(self.written)}.yaml")

    def test_least(self, resolve):
        (spec,) = resolve(node("e"))
        assert self.command(spec) == ["/lib/p/e", "--ros-args"]

    def test_all(self, resolve):
        (spec,) = resolve(
            """<set_remap from="g" to="h"/><set_parameter name="use_sim_time" value="true"/>
            <node pkg="p" exec="e" name="n" namespace="ns" args="--one 'two words'"
                  ros_args="--log-level debug" launch-prefix="nice -n 5">
              <param name="a" value="[1, 2]"/>
              <remap from="~/input/x" to="/y"/>
            </node>"""
        )
        assert self.command(spec) == [
            *("nice", "-n", "5", "/lib/p/e", "--one", "two words"),
            *("--ros-args", "--log-level", "debug", "--ros-args"),
            *("-r", "__node:=n", "-r", "__ns:=/ns", "-p", "use_sim_time:=True"),
            *("--params-file", "/tmp/1.yaml", "-r", "g:=h", "-r", "~/input/x:=/y"),
        ]
        assert self.written == ["/ns/n:\n  ros__parameters:\n    a:\n    - 1\n    - 2\n"]

    def test_parameters_of_an_unnamed_node_are_for_any(self, resolve):
        (spec,) = resolve('<node pkg="p" exec="e"><param name="a" value=""/></node>')
        self.command(spec)
        assert self.written == ["/**:\n  ros__parameters:\n    a: ''\n"]

    def test_process_attributes(self, resolve):
        (spec,) = resolve(
            """<node pkg="p" exec="e" output="both" respawn="$(not false)" respawn_delay="2"
                respawn_max_retries="3" on_exit="shutdown" cwd="/" sigterm_timeout="1"
                sigkill_timeout="0.5"><env name="A" value="b"/></node>"""
        )
        assert spec.environment == {"A": "b"}
        assert (spec.output, spec.folder, spec.shutdown_on_exit) == ("both", "/", True)
        assert (spec.respawn, spec.respawn_delay_s, spec.respawn_max) == (True, 2.0, 3)
        assert (spec.sigterm_after_s, spec.sigkill_after_s) == (1.0, 0.5)


def test_log_and_environment(launch_file):
    file = launch_file(
        '<log message="hello $(env A)"/><set_env name="A" value="2"/>'
        '<log message="$(env A)"/><unset_env name="A"/>' + node("e")
    )
    resolved = resolve_file(file, {}, {"A": "1", "B": "x"})
    assert resolved.messages == ("hello 1", "2")
    assert resolved.nodes[0].environment == {"B": "x"}
