# SPDX-License-Identifier: Apache-2.0
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bulwark_cli.launch.substitutions import (
    Call,
    SubstitutionError,
    Template,
    parse_template,
    unescape,
)
from bulwark_cli.launch.words import split_words


def call(name, *arguments):
    return Call(name, tuple(Template((a,)) if isinstance(a, (str, Call)) else a for a in arguments))


@pytest.mark.parametrize(
    "text, parts",
    [
        ("", ()),
        ("plain text", ("plain text",)),
        ("$(var a)", (call("var", "a"),)),
        ("a$(var b)c", ("a", call("var", "b"), "c")),
        ("$(env A b)", (call("env", "A", "b"),)),
        ("$(env A 'b c')", (call("env", "A", "b c"),)),
        ('$(env A "b c")', (call("env", "A", "b c"),)),
        ("$(env A '')", (Call("env", (Template(("A",)), Template(()))),)),
        ("$(var $(var a))", (call("var", call("var", "a")),)),
        ("$(if $(var a) 'x $(var b)' y)",
         (call("if", call("var", "a"), Template(("x ", call("var", "b"))), "y"),)),
        ("$(dirname)/x", (call("dirname"), "/x")),
        (r"\$(var a)", ("$(var a)",)),
        ("costs 5$", ("costs 5$",)),
        ("$$(var a)", ("$", call("var", "a"))),
        (r"$(env A \(b\))", (call("env", "A", "(b)"),)),
        (r"a\\b", (r"a\b",)),
        (r"$(env A 'it\'s')", (call("env", "A", "it's"),)),
        ("""$(env A '$(var "b)')""", (call("env", "A", call("var", '"b')),)),
        ("a\nb", ("a\nb",)),
    ],
)  # fmt: skip
def test_reads(text, parts):
    assert parse_template(text).parts == parts


@pytest.mark.parametrize(
    "text, why",
    [
        ("$(var a", "expected ' ' or ')' in $(var ...) at column 8"),
        ("$()", "expected the name of a substitution after '$(' at column 3"),
        ("$(1a)", "expected the name"),
        ("$(var  a)", "expected an argument at column 7"),
        ("$(var a )", "expected an argument at column 9"),
        ("$(env A 'b)", "the quote ' is not closed"),
        ("$(env A 'b'c)", "expected ' ' or ')'"),
        ("$(env A (b))", "expected an argument"),
        ("x $(var a) $(", "expected the name"),
    ],
)
def test_says_what_is_wrong_and_where(text, why):
    with pytest.raises(SubstitutionError) as error:
        parse_template(text)
    assert why in str(error.value)


def test_text_is_literal_only_without_substitution():
    assert parse_template("a b").literal == "a b"
    assert parse_template("a $(var b)").literal is None


@pytest.mark.parametrize(
    "text", ["$(var a)/b", "$(env A '')", "$(env A 'b c')", "$(if $(var a) b $(dirname))"]
)
def test_shows_as_written(text):
    assert str(parse_template(text)) == text


plain = st.text(st.characters(blacklist_categories=["Cs"]), max_size=20)


@given(plain)
def test_escaped_text_reads_as_itself(text):
    escaped = text.replace("\\", "\\\\").replace("$(", "\\$(")
    assert parse_template(escaped).literal == text


@given(plain.filter(lambda text: "$(" not in text))
def test_text_without_substitution_is_only_unescaped(text):
    assert parse_template(text).literal == unescape(text)


def quoted(text):
    return "'" + "".join(f"\\{c}" if c in "\\'$" else c for c in text) + "'"


names = st.from_regex(r"[a-z][a-z0-9_-]{0,5}", fullmatch=True)
calls = st.recursive(
    st.builds(lambda name: Call(name, ()), names),
    lambda inner: st.builds(
        lambda name, arguments: Call(name, tuple(Template((a,)) for a in arguments)),
        names,
        st.lists(plain.filter(bool) | inner, max_size=3),
    ),
    max_leaves=6,
)


def written(part):
    if isinstance(part, str):
        return quoted(part)
    arguments = "".join(" " + written(a.parts[0]) for a in part.arguments)
    return f"$({part.name}{arguments})"


@given(calls)
def test_reads_back_what_is_written(substitution):
    assert parse_template(written(substitution)).parts == (substitution,)


@given(st.text("$()'\"\\ ab", max_size=12))
def test_any_text_is_read_or_refused(text):
    with suppress(SubstitutionError):
        assert isinstance(parse_template(text), Template)


@pytest.mark.parametrize(
    "text, words",
    [
        ("", []),
        ("a b", ["a", "b"]),
        ("a 'b c' d", ["a", "b c", "d"]),
        ("--x $(var a)", ["--x", "$(var a)"]),
        ("--x=$(var a)/y z", ["--x=$(var a)/y", "z"]),
        ("$(var a) $(var b)", ["$(var a)", "$(var b)"]),
        ("$(var a)$(var b)", ["$(var a)$(var b)"]),
        ("a ''", ["a", ""]),
    ],
)
def test_splits_words_around_substitutions(text, words):
    assert [str(word) for word in split_words(text)] == words
