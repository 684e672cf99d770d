# SPDX-License-Identifier: Apache-2.0
"""Labels of the KITTI object benchmark."""

import cv2
import numpy as np
import pytest

from bulwark_core.errors import BulwarkError
from bulwark_core.objects import ObjectClass
from bulwark_training.classes import NUMBER
from bulwark_training.labels import OPEN
from bulwark_training.real_pictures import find_pictures, is_labelled, read_labels, read_picture

CAR = "Car 0.00 1 1.5 10.0 20.0 110.0 80.0 1.5 1.6 4.0 3.0 1.7 4.0 1.6"
CUT = "Van 0.80 0 1.5 10.0 20.0 110.0 80.0 1.5 1.6 4.0 3.0 1.7 4.0 1.6"
OTHER = "DontCare -1 -1 -10 1.0 2.0 3.0 4.0 -1 -1 -1 -1000 -1000 -1000 -10"


def test_labels(tmp_path):
    file = tmp_path / "0.txt"
    file.write_text("\n".join([CAR, CUT, "", OTHER]))
    labels = read_labels(file)
    assert labels.classes.tolist() == [NUMBER[ObjectClass.CAR]] * 2 + [OPEN]
    assert labels.boxes[0].tolist() == [10.0, 20.0, 110.0, 80.0]
    assert labels.visible.tolist() == pytest.approx([0.6, 0.0, 0.0])
    assert labels.distance[0] == pytest.approx(5.0)


@pytest.mark.parametrize(
    "line", ["Car 0.0 1", CAR.replace("10.0", "ten"), CAR.replace(" 1 ", " 7 ")]
)
def test_a_bad_line_is_named(tmp_path, line):
    file = tmp_path / "0.txt"
    file.write_text(CAR + "\n" + line)
    with pytest.raises(BulwarkError, match=r"0\.txt, line 2"):
        read_labels(file)


def test_folders(tmp_path):
    with pytest.raises(BulwarkError, match="no image_2"):
        find_pictures(tmp_path)
    for name in ("image_2", "label_2"):
        (tmp_path / name).mkdir()
    (tmp_path / "label_2" / "7.txt").write_text(CAR)
    picture = np.full((20, 30, 3), 9, np.uint8)
    cv2.imwrite(str(tmp_path / "image_2" / "7.png"), picture)
    (file,) = find_pictures(tmp_path)
    real = read_picture(file)
    assert real.name == "7"
    assert np.array_equal(real.picture, picture)
    file.write_bytes(b"no picture")
    with pytest.raises(BulwarkError, match=r"7\.png is no picture"):
        read_picture(file)


def test_what_the_benchmark_knows():
    assert is_labelled(NUMBER[ObjectClass.CAR])
    assert not is_labelled(NUMBER[ObjectClass.WALL])
