# SPDX-License-Identifier: Apache-2.0
"""The substitutions: what `$(var name)` and its kind stand for in a scope."""

from __future__ import annotations

import math
from collections.abc import Callable

from bulwark_cli.launch import packages
from bulwark_cli.launch.coerce import to_bool
from bulwark_cli.launch.scope import Scope
from bulwark_cli.launch.substitutions import Call, SubstitutionError, Template

Function = Callable[..., str]


def evaluate(template: Template, scope: Scope) -> str:
    """The text that a template stands for; SubstitutionError where it cannot be had."""
    return "".join(part if isinstance(part, str) else _call(part, scope) for part in template.parts)


def is_true(template: Template, scope: Scope) -> bool:
    """The condition of `if` and `unless`; stricter than a boolean parameter, as upstream."""
    text = evaluate(template, scope).strip().lower()
    if text not in ("true", "1", "false", "0"):
        raise SubstitutionError(f"the condition is '{text}', neither true, false, 1 nor 0")
    return text in ("true", "1")


def _call(call: Call, scope: Scope) -> str:
    if call.name not in _FUNCTIONS:
        raise SubstitutionError(_unknown(call.name))
    function, least, most = _FUNCTIONS[call.name]
    if not least <= len(call.arguments) <= most:
        wanted = f"{least}" if least == most else f"{least} to {most}"
        given = len(call.arguments)
        raise SubstitutionError(f"$({call.name}) takes {wanted} arguments, not {given}")
    return function(scope, *call.arguments)


def _unknown(name: str) -> str:
    if name == "eval":
        return "$(eval) runs Python and is not supported; there are $(equals), $(and), $(or), $(if)"
    return f"substitution $({name}) is not supported; there are {', '.join(sorted(_FUNCTIONS))}"


def _var(scope: Scope, name: Template, default: Template | None = None) -> str:
    key = evaluate(name, scope)
    if key in scope.variables:
        return scope.variables[key]
    if default is None:
        known = ", ".join(sorted(scope.variables)) or "none"
        raise SubstitutionError(f"no argument or variable '{key}' here; there are: {known}")
    return evaluate(default, scope)


def _env(scope: Scope, name: Template, default: Template | None = None) -> str:
    key = evaluate(name, scope)
    fallback = None if default is None else evaluate(default, scope)
    value = scope.environment.get(key, fallback)
    if value is None:
        raise SubstitutionError(f"environment variable '{key}' is not set, and no default is given")
    return value


def _truth(scope: Scope, template: Template) -> bool:
    try:
        return to_bool(evaluate(template, scope))
    except ValueError as error:
        raise SubstitutionError(str(error)) from None


def _equal(scope: Scope, left: Template, right: Template) -> bool:
    """Truth values compare as such, numbers within rounding, anything else as text."""
    a, b = evaluate(left, scope), evaluate(right, scope)
    truths = {"true": True, "1": True, "false": False, "0": False}
    if a.lower() in truths and b.lower() in truths:
        return truths[a.lower()] == truths[b.lower()]
    try:
        return math.isclose(float(a), float(b))
    except ValueError:
        return a == b


def _if(scope: Scope, condition: Template, then: Template, other: Template | None = None) -> str:
    if _truth(scope, condition):
        return evaluate(then, scope)
    return "" if other is None else evaluate(other, scope)


def _text(truth: bool) -> str:
    return "true" if truth else "false"


# Name: function, least and most number of arguments.
_FUNCTIONS: dict[str, tuple[Function, int, int]] = {
    "var": (_var, 1, 2),
    "env": (_env, 1, 2),
    "dirname": (lambda scope: str(scope.position.directory), 0, 0),
    "filename": (lambda scope: str(scope.position.path), 0, 0),
    "find-pkg-share": (lambda scope, name: str(packages.share(evaluate(name, scope))), 1, 1),
    "find-pkg-prefix": (lambda scope, name: str(packages.prefix(evaluate(name, scope))), 1, 1),
    "not": (lambda scope, a: _text(not _truth(scope, a)), 1, 1),
    "and": (lambda scope, a, b: _text(all([_truth(scope, a), _truth(scope, b)])), 2, 2),
    "or": (lambda scope, a, b: _text(any([_truth(scope, a), _truth(scope, b)])), 2, 2),
    "equals": (lambda scope, a, b: _text(_equal(scope, a, b)), 2, 2),
    "not-equals": (lambda scope, a, b: _text(not _equal(scope, a, b)), 2, 2),
    "if": (_if, 2, 3),
}
