# SPDX-License-Identifier: Apache-2.0
from setuptools import find_packages, setup

package_name = "bulwark_cli"

setup(
    name=package_name,
    version="0.1.0",
    packages=find_packages(exclude=["test"]),
    package_data={
        package_name: ["py.typed"],
        f"{package_name}.bench.lidar.baselines": ["*.cpp"],
    },
    data_files=[
        ("share/ament_index/resource_index/packages", [f"resource/{package_name}"]),
        (f"share/{package_name}", ["package.xml"]),
    ],
    install_requires=["setuptools"],
    zip_safe=False,
    maintainer="Bulwark developers",
    maintainer_email="bulwark-maintainers@users.noreply.github.com",
    description="The bulwark console command.",
    license="Apache-2.0",
    # No script_dir in a setup.cfg: `bulwark` is a command for people and belongs on the PATH.
    entry_points={"console_scripts": ["bulwark = bulwark_cli.main:main"]},
)
