# SPDX-License-Identifier: Apache-2.0
"""Pictures follow from seed, split and index, and survive being stored."""

import numpy as np
import pytest

from bulwark_core.errors import BulwarkError
from bulwark_training import shards
from bulwark_training.shards import make_shard, missing_shards, read_shards, shard_files
from bulwark_training.shots import take
from bulwark_training.split import Split


@pytest.fixture
def small(monkeypatch):
    monkeypatch.setattr(shards, "PER_SHARD", 2)


def test_a_picture_is_the_same_again():
    one, other = (take(3, Split.TRAIN, 5) for _ in range(2))
    assert one.picture.shape == (384, 640, 3)
    assert np.array_equal(one.picture, other.picture)
    assert np.array_equal(one.labels.as_rows(), other.labels.as_rows())
    assert not np.array_equal(one.picture, take(3, Split.HELD_OUT, 5).picture)


def test_a_run_goes_on_where_it_was(tmp_path, small):
    assert missing_shards(tmp_path, Split.HELD_OUT, 4, 3) == [0, 1]
    done = []
    make_shard(tmp_path, Split.HELD_OUT, 4, 0, lambda: done.append(1))
    assert len(done) == 2
    assert missing_shards(tmp_path, Split.HELD_OUT, 4, 3) == [1]
    rows = read_shards(shard_files(tmp_path, Split.HELD_OUT, 4))
    fresh = take(4, Split.HELD_OUT, 1)
    assert np.array_equal(rows[1].labels.as_rows(), fresh.labels.as_rows())
    assert rows[1].place == fresh.place
    assert np.abs(rows[1].picture().astype(int) - fresh.picture).mean() < 12.0  # JPEG


def test_a_broken_shard_is_named(tmp_path):
    file = tmp_path / "00000.npz"
    file.write_bytes(b"PK nothing")
    with pytest.raises(BulwarkError, match=r"00000\.npz is no shard"):
        read_shards([file])
