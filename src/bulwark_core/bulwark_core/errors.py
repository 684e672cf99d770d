# SPDX-License-Identifier: Apache-2.0
"""Errors meant for a user: one line that names what is wrong, where, and what to do."""


class BulwarkError(Exception):
    """Base of all errors that are shown to a user as one line, without a traceback."""


class ParameterError(BulwarkError):
    """A parameter is unknown, of the wrong type, or out of range."""


class BadMessageError(BulwarkError):
    """A message whose content contradicts itself, for example a truncated cloud."""


class ModelError(BulwarkError):
    """A model file is missing, broken, of an unknown hash, or of an unexpected shape."""


class BagError(BulwarkError):
    """A bag cannot be read, or lacks what is needed."""


class LaunchError(BulwarkError):
    """A launch file cannot be understood or carried out."""


class ScenarioError(BulwarkError):
    """A scenario or suite file is wrong."""


class RecordError(BulwarkError):
    """A record of an intervention is missing or is not one."""
