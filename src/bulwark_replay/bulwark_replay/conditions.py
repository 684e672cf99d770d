# SPDX-License-Identifier: Apache-2.0
"""What a replay must fulfil: comparisons of metrics with limits, such as `interventions = 0`."""

from __future__ import annotations

import difflib
import operator
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from bulwark_core.errors import BagError
from bulwark_replay.metrics import Value

_COMPARE: dict[str, Callable[[float, float], bool]] = {
    "<=": operator.le,
    ">=": operator.ge,
    "<": operator.lt,
    ">": operator.gt,
    "=": operator.eq,
}
_FORM = re.compile(r"\s*(\w+)\s*(<=|>=|==|=|<|>)\s*([-+.\w]+)\s*")


@dataclass(frozen=True)
class Condition:
    """One limit for one metric."""

    metric: str
    sign: str
    limit: float

    def __str__(self) -> str:
        return f"{self.metric} {self.sign} {self.limit:g}"

    def judge(self, metrics: Mapping[str, Value]) -> Judgement:
        """Compare; a metric that does not exist is an error, one without a value has not passed.

        Raises BagError naming the metrics there are.
        """
        if self.metric not in metrics:
            near = difflib.get_close_matches(self.metric, metrics, n=1)
            hint = f"did you mean '{near[0]}'?" if near else f"there are: {', '.join(metrics)}"
            raise BagError(f"condition '{self}': no metric '{self.metric}'; {hint}")
        value = metrics[self.metric]
        return Judgement(
            self, value, value is not None and _COMPARE[self.sign](float(value), self.limit)
        )


@dataclass(frozen=True)
class Judgement:
    """A condition, the value it met, and whether it holds."""

    condition: Condition
    value: Value
    passed: bool

    def __str__(self) -> str:
        value = "no value" if self.value is None else f"{self.value:g}"
        return f"{self.condition}: {'' if self.passed else 'not fulfilled, '}{value}"


def parse_condition(text: str) -> Condition:
    """`metric <= limit`, with any of <= >= < > =; BagError where it is not of that form."""
    found = _FORM.fullmatch(text)
    if found is None:
        raise BagError(f"condition '{text}': write it as 'interventions = 0' or 'warnings <= 1'")
    metric, sign, number = found.groups()
    try:
        limit = float(number)
    except ValueError:
        raise BagError(f"condition '{text}': '{number}' is no number") from None
    return Condition(metric, "=" if sign == "==" else sign, limit)


def judge_all(
    conditions: Sequence[Condition], metrics: Mapping[str, Value]
) -> tuple[Judgement, ...]:
    """Each condition's judgement, in order; BagError as `Condition.judge`."""
    return tuple(condition.judge(metrics) for condition in conditions)
