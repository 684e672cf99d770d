# SPDX-License-Identifier: Apache-2.0
from setuptools import find_packages, setup

package_name = "bulwark_training"

setup(
    name=package_name,
    version="0.1.0",
    packages=find_packages(exclude=["test"]),
    package_data={package_name: ["py.typed"]},
    data_files=[
        ("share/ament_index/resource_index/packages", [f"resource/{package_name}"]),
        (f"share/{package_name}", ["package.xml"]),
    ],
    install_requires=["setuptools"],
    zip_safe=False,
    maintainer="Bulwark developers",
    maintainer_email="bulwark-maintainers@users.noreply.github.com",
    description="Training of the camera detector on pictures of the world.",
    license="Apache-2.0",
)
