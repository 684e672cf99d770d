# SPDX-License-Identifier: Apache-2.0
"""`bulwark evaluate camera` and `bulwark train`, with the shipped model."""

import importlib.util
import json
from pathlib import Path

import cv2
import pytest
from click.testing import CliRunner

from bulwark_cli.evaluate.cli import evaluate
from bulwark_cli.main import main
from bulwark_training import shards
from bulwark_training.shards import make_shard
from bulwark_training.shots import take
from bulwark_training.split import Split

MODEL = Path(__file__).parents[3] / "models" / "detector.onnx"


def run(*arguments):
    result = CliRunner().invoke(evaluate, ["camera", "--model", str(MODEL), *map(str, arguments)])
    if result.exception is not None:
        raise result.exception
    return result.output


def test_held_out_worlds(tmp_path, monkeypatch):
    monkeypatch.setattr(shards, "PER_SHARD", 3)
    make_shard(tmp_path, Split.HELD_OUT, 9, 0, lambda: None)
    output = run(
        "--work", tmp_path, "--seed", 9, "--count", 3, "--json", tmp_path / "c.json",
        "--pictures", tmp_path / "drawn",
    )  # fmt: skip
    assert "3 pictures of held-out worlds" in output
    figures = json.loads((tmp_path / "c.json").read_text())
    assert figures["pictures"] == 3
    assert 0.0 <= figures["map50"] <= 1.0
    assert sum(figures["asked"].values()) > 0
    assert len(list((tmp_path / "drawn").glob("*.jpg"))) == 3


def test_pictures_with_labels(tmp_path):
    shot = take(5, Split.HELD_OUT, 0)
    for name in ("image_2", "label_2"):
        (tmp_path / name).mkdir()
    cv2.imwrite(str(tmp_path / "image_2" / "0.png"), shot.picture)
    (tmp_path / "label_2" / "0.txt").write_text(
        "Car 0.00 0 1.5 10.0 20.0 30.0 40.0 1.5 1.6 4.0 3.0 1.7 4.0 1.6\n"
    )
    output = run("--data", tmp_path, "--json", tmp_path / "r.json")
    assert "1 real pictures" in output
    rows = json.loads((tmp_path / "r.json").read_text())["classes"]
    assert rows["CAR"]["labelled"] == 1
    assert rows["WALL"]["labelled"] is None


def test_no_pictures_is_an_error(tmp_path, capsys):
    with pytest.raises(SystemExit) as ended:
        main(["evaluate", "camera", "--model", str(MODEL), "--data", str(tmp_path)])
    assert ended.value.code == 2
    assert "no image_2" in capsys.readouterr().err


@pytest.mark.skipif(importlib.util.find_spec("torch") is not None, reason="PyTorch is here")
def test_training_without_pytorch_says_what_to_do(tmp_path, capsys):
    with pytest.raises(SystemExit) as ended:
        main(["train", "--stage", "detector", "--work", str(tmp_path)])
    assert ended.value.code == 2
    assert "./run train` installs it" in capsys.readouterr().err
