# SPDX-License-Identifier: Apache-2.0
"""The cache of compiled kernels follows every source of the package."""

from bulwark_lidar.kernels import drop_stale_cache


def test_a_changed_source_empties_the_cache_once(tmp_path):
    (tmp_path / "callee.py").write_text("one = 1\n")
    cache = tmp_path / "__pycache__"
    assert drop_stale_cache(tmp_path)
    compiled = cache / "caller.kernel.py311.nbi"
    compiled.write_bytes(b"old")
    assert not drop_stale_cache(tmp_path)
    assert compiled.exists()
    (tmp_path / "callee.py").write_text("one = 2\n")
    assert drop_stale_cache(tmp_path)
    assert not compiled.exists()


def test_a_folder_that_cannot_be_written_is_no_error(tmp_path):
    (tmp_path / "__pycache__").write_text("a file in the way")
    assert not drop_stale_cache(tmp_path)
