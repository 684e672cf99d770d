# SPDX-License-Identifier: Apache-2.0
"""Model files: where they are, and whether they are the ones that the manifest lists."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Any

import yaml

from bulwark_core.errors import ModelError

MANIFEST_NAME = "manifest.yaml"
_PACKAGE_SCHEME = "package://"


def find_model(location: str | Path) -> Path:
    """The absolute path of a model file that is there and not empty.

    `location`: a path (`~` is the home folder) or `package://<package>/<path in its share>`.
    Raises ModelError.
    """
    text = str(location)
    path = _in_share(text) if text.startswith(_PACKAGE_SCHEME) else Path(text).expanduser()
    path = path.absolute()
    if path.is_dir():
        raise ModelError(f"{path} is a folder; name the .onnx file in it")
    if not path.is_file():
        raise ModelError(
            f"model file {path} does not exist; correct the path or put the file there"
        )
    if path.stat().st_size == 0:
        raise ModelError(f"model file {path} is empty; copy it again")
    return path


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file in hexadecimal. Raises ModelError where it cannot be read."""
    digest = hashlib.sha256()
    try:
        with path.open("rb") as file:
            while chunk := file.read(1 << 20):
                digest.update(chunk)
    except OSError as error:
        raise ModelError(f"model file {path} cannot be read: {error.strerror}") from error
    return digest.hexdigest()


def check_hash(path: Path, actual: str, expected: str | None, manifest: Path | None) -> None:
    """Refuse a file that is not the one expected.

    `expected`: the hash that it must have; without one, what the manifest lists for the file's name
    counts. A manifest lists the files of its own folder; by default it is the one beside the file.
    A file that no manifest lists is somebody's own model and passes. Raises ModelError.
    """
    source = "the expected one"
    if expected is None:
        manifest = manifest or path.with_name(MANIFEST_NAME)
        expected, source = listed_hash(path, manifest), f"the one listed in {manifest}"
    if expected is not None and actual != expected.lower():
        raise ModelError(
            f"model file {path} has SHA-256 {actual}, which is not {source} ({expected}); "
            "restore the file, or list the new hash if the change is wanted"
        )


def listed_hash(path: Path, manifest: Path) -> str | None:
    """The hash that the manifest lists for this file; None where it lists none or is not there.

    Raises ModelError where the manifest is not as models/README.md says.
    """
    if not manifest.is_file() or manifest.parent.resolve() != path.parent.resolve():
        return None
    try:
        rows: Any = (yaml.safe_load(manifest.read_text(encoding="utf-8")) or {})["models"]
        row = (rows or {}).get(path.name)
        return None if row is None else str(row["sha256"])
    except (yaml.YAMLError, KeyError, TypeError, AttributeError, ValueError) as error:
        raise ModelError(
            f"{manifest} is not a model manifest (models: {{FILE: {{sha256: ...}}}}): {error!r}"
        ) from error


def _in_share(location: str) -> Path:
    package, _, rest = location[len(_PACKAGE_SCHEME) :].partition("/")
    prefixes = os.environ.get("AMENT_PREFIX_PATH", "").split(os.pathsep)
    for prefix in filter(None, prefixes):
        share = Path(prefix) / "share" / package
        if share.is_dir():
            return share / rest
    raise ModelError(
        f"{location}: package '{package}' is not on AMENT_PREFIX_PATH; source its setup"
    )
