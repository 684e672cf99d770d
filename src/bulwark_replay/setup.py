# SPDX-License-Identifier: Apache-2.0
from setuptools import find_packages, setup

package_name = "bulwark_replay"

setup(
    name=package_name,
    version="0.1.0",
    packages=find_packages(exclude=["test"]),
    package_data={package_name: ["py.typed"], f"{package_name}.report": ["assets/*"]},
    data_files=[
        ("share/ament_index/resource_index/packages", [f"resource/{package_name}"]),
        (f"share/{package_name}", ["package.xml"]),
    ],
    install_requires=["setuptools"],
    zip_safe=False,
    maintainer="Bulwark developers",
    maintainer_email="bulwark-maintainers@users.noreply.github.com",
    description="Recorded drives through the stack, always with the same result, and reports.",
    license="Apache-2.0",
    entry_points={"console_scripts": ["clip_recorder = bulwark_replay.recorder_node:main"]},
)
