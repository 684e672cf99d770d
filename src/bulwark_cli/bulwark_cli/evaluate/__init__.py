# SPDX-License-Identifier: Apache-2.0
"""`bulwark evaluate`: how right the perception is, against labels that people made."""
