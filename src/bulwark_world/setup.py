# SPDX-License-Identifier: Apache-2.0
from glob import glob

from setuptools import find_packages, setup

package_name = "bulwark_world"

setup(
    name=package_name,
    version="0.1.0",
    packages=find_packages(exclude=["test"]),
    package_data={
        package_name: ["py.typed"],
        f"{package_name}.suite_report": ["assets/*"],
    },
    data_files=[
        ("share/ament_index/resource_index/packages", [f"resource/{package_name}"]),
        (f"share/{package_name}", ["package.xml"]),
        (f"share/{package_name}/scenarios", glob("scenarios/*.yaml")),
        (f"share/{package_name}/suites", glob("suites/*.yaml")),
    ],
    install_requires=["setuptools"],
    zip_safe=False,
    maintainer="Bulwark developers",
    maintainer_email="bulwark-maintainers@users.noreply.github.com",
    description="The world that the stack drives in: vehicle, road, actors, sensors, scenarios.",
    license="Apache-2.0",
    entry_points={"console_scripts": ["world = bulwark_world.node:main"]},
)
