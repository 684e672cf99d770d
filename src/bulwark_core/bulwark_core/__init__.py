# SPDX-License-Identifier: Apache-2.0
"""What all Bulwark nodes share: components and their hosts, parameters, geometry, the vehicle."""
