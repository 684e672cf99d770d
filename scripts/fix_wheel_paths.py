# SPDX-License-Identifier: Apache-2.0
"""Point the CMake files of the ROS wheels at this environment's headers.

The wheels name the include folders of the machine that they were built on. Run with the
environment's own Python, once after the wheels are installed; a second run changes nothing.
"""

import re
import sys
import sysconfig
from pathlib import Path

import numpy as np

BUILD_MACHINE = r"/opt/python/cp\d+-cp\d+"
NUMPY_INCLUDE = re.compile(
    BUILD_MACHINE + r"/lib/python[\d.]+/site-packages/numpy/(?:_core|core)/include"
)
PYTHON_INCLUDE = re.compile(BUILD_MACHINE + r"/include/python[\d.]+")


def corrected(text: str) -> str:
    """The text with both include folders replaced by those of the running interpreter."""
    text = NUMPY_INCLUDE.sub(np.get_include(), text)
    return PYTHON_INCLUDE.sub(sysconfig.get_paths()["include"], text)


def main() -> None:
    """Rewrite the files under the environment's ``share`` that need it."""
    for file in Path(sys.prefix, "share").rglob("*.cmake"):
        text = file.read_text(encoding="utf-8")
        if corrected(text) != text:
            file.write_text(corrected(text), encoding="utf-8")
            print(f"corrected {file}")


if __name__ == "__main__":
    main()
