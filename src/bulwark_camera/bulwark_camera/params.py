# SPDX-License-Identifier: Apache-2.0
"""Parameters of the node camera_perception."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from bulwark_camera.formats import AUTO, FORMATS
from bulwark_camera.preprocessing import ORDERS, PLACES
from bulwark_camera.tensors import BOX_FORMS
from bulwark_core.onnx_providers import DEVICES
from bulwark_core.params import param


@dataclass(frozen=True)
class ModelParams:
    """Which detector runs, how pictures go in and what its classes are.

    What is `auto`, 0 or empty is what the model's file says, or what is usual for its format.
    """

    path: str = param(
        "",
        "ONNX detector: a path, or package://<package>/<path in its share folder>; "
        "empty: none (without the first one the node says so)",
    )
    sha256: str = param("", "hash that the file must have; empty: what the manifest beside it says")
    format: str = param(
        AUTO,
        "how the outputs are read; auto: recognised by names, shapes and metadata",
        choices=(AUTO, *FORMATS),
    )
    boxes: str = param(
        "auto",
        "corners, or centre and size; in pixels of the input or fractions of it; "
        "auto: usual for the format",
        choices=BOX_FORMS,
    )
    device: str = param(
        "auto", "where it runs; a named device is taken or refused", choices=DEVICES
    )
    threads: int = param(2, "CPU threads", minimum=1, maximum=64)
    input_height: int = param(
        0, "height of the input where the model leaves it free; 0: as in its metadata", unit="px",
        minimum=0, maximum=4096,
    )  # fmt: skip
    input_width: int = param(
        0, "width of the input where the model leaves it free; 0: as in its metadata", unit="px",
        minimum=0, maximum=4096,
    )  # fmt: skip
    letterbox: str = param(
        "auto",
        "where the picture lies in the input, or stretched over all of it; "
        "auto: usual for the format",
        choices=("auto", *PLACES),
    )
    channel_order: str = param(
        "auto", "order of the colours; auto: usual for the format", choices=("auto", *ORDERS)
    )
    scale: float = param(
        0.0,
        "factor on the colours, which are 0 to 255; 0: usual for the format",
        minimum=0.0,
        maximum=1e3,
    )
    mean: tuple[float, ...] = param(
        (), "subtracted from the scaled colours, one a channel; empty: usual for the format"
    )
    std: tuple[float, ...] = param(
        (), "what the scaled colours are divided by, one a channel; empty: usual for the format"
    )
    classes: tuple[str, ...] = param(
        (),
        "the model's classes that are reported, as NUMBER=CLASS or NAME=CLASS, or COCO or COCO91; "
        "empty: by the names in the model's metadata, or COCO where it has 80 or 91 classes",
    )
    min_score: float = param(0.3, "lowest score that is reported", minimum=0.01, maximum=1.0)
    max_overlap: float = param(
        0.45, "overlap (IoU) from which two boxes are one object", minimum=0.0, maximum=1.0
    )
    max_objects: int = param(100, "most objects in a picture", minimum=1, maximum=1000)


@dataclass(frozen=True)
class LaunchParams:
    """The launch arguments `model` and `device`, which are always given to the node.

    They are parameters of their own, so that by default they do not hide those of a file.
    """

    model: str = param("", "used in place of model.path; empty: that one counts")
    device: str = param(
        "file",
        "used in place of model.device and second.device; file: those count",
        choices=("file", *DEVICES),
    )


@dataclass(frozen=True)
class GroundParams:
    """How foot points become places on the ground."""

    max_range: float = param(
        80.0, "beyond it a foot point gives no place", unit="m", minimum=1.0, maximum=500.0
    )
    pitch_std: float = param(
        0.005,
        "one standard deviation of the pitch of car and road against the mounting",
        unit="rad",
        minimum=0.0,
        maximum=0.2,
    )
    pixel_std: float = param(
        1.0, "least standard deviation of a box's lower edge", unit="px", minimum=0.0, maximum=100.0
    )
    edge_std: float = param(
        0.08,
        "standard deviation of a box's lower edge as a part of the box's height",
        minimum=0.0,
        maximum=1.0,
    )
    edge_margin: float = param(
        0.02,
        "a box that ends this close to the picture's lower edge, as a part of the picture's "
        "height, has its foot outside the picture and no place",
        minimum=0.0,
        maximum=0.5,
    )
    overhang: float = param(
        0.8,
        "from the wheels of a vehicle, where its box stands, to its near end",
        unit="m",
        minimum=0.0,
        maximum=3.0,
    )
    overhang_std: float = param(
        0.4, "one standard deviation of the overhang", unit="m", minimum=0.0, maximum=3.0
    )


@dataclass(frozen=True)
class PitchParams:
    """How the pitch against the road is estimated where a lidar tells the range of objects."""

    use: bool = param(True, "whether places are corrected by it")
    settle: float = param(
        2.0,
        "without measurements the pitch goes back to the mounting's in this time",
        unit="s",
        minimum=0.1,
        maximum=60.0,
    )
    limit: float = param(0.06, "most of it", unit="rad", minimum=0.0, maximum=0.2)


@dataclass(frozen=True)
class AlignmentParams:
    """From when boxes that miss what the lidar sees mean a wrong calibration."""

    boxes: int = param(20, "least boxes that are compared", minimum=5, maximum=60)
    max_angle: float = param(
        0.02, "median of the angle sideways", unit="rad", minimum=0.001, maximum=0.5
    )
    max_width: float = param(
        0.2, "median of the difference in width, as a share", minimum=0.01, maximum=2.0
    )


@dataclass(frozen=True)
class SightParams:
    """When a picture counts as blind, and when what it shows is doubtful."""

    dark_level: float = param(
        20.0, "a picture is dark where 99 % of it is below", minimum=0.0, maximum=255.0
    )
    bright_level: float = param(
        245.0, "a picture is overexposed where 95 % of it is above", minimum=0.0, maximum=255.0
    )
    min_contrast: float = param(
        6.0,
        "a picture is uniform where its standard deviation is below",
        minimum=0.0,
        maximum=128.0,
    )
    frozen_after: float = param(
        0.5,
        "a picture that stays the same to the bit for this long is frozen; 0: never",
        unit="s",
        minimum=0.0,
        maximum=60.0,
    )
    glare_share: float = param(
        0.15,
        "light blinds it where more than this of the lower half is white",
        minimum=0.01,
        maximum=1.0,
    )
    glare_after: float = param(
        0.3, "glare counts once it lasts this long", unit="s", minimum=0.0, maximum=60.0
    )
    min_sharpness: float = param(
        0.06,
        "edges less steep than this are blurred: those of a lens in focus have 0.12 and more",
        minimum=0.0,
        maximum=1.0,
    )
    blurred_after: float = param(
        1.0, "blur counts once it lasts this long", unit="s", minimum=0.0, maximum=60.0
    )
    covered_way: float = param(
        40.0,
        "a part that stays the same over this way is covered",
        unit="m",
        minimum=10.0,
        maximum=1000.0,
    )
    hood: float = param(
        0.0,
        "what the own bonnet covers at the picture's lower edge, as a part of its height",
        minimum=0.0,
        maximum=0.4,
    )


@dataclass(frozen=True)
class TrackParams:
    """How boxes are followed from picture to picture."""

    min_iou: float = param(
        0.2, "least overlap of an object with itself a picture later", minimum=0.01, maximum=1.0
    )
    keep: float = param(
        0.5, "how long an unseen object keeps its id", unit="s", minimum=0.0, maximum=10.0
    )


@dataclass(frozen=True)
class CameraParams:
    """All parameters of camera_perception."""

    base_frame: str = param("base_link", "frame of the positions: on the ground, z up")
    timeout: float = param(
        0.5, "age of the newest picture from which the camera is lost", unit="s", minimum=0.05,
        maximum=10.0,
    )  # fmt: skip
    model: ModelParams = field(default_factory=ModelParams)
    second: ModelParams = field(default_factory=ModelParams)
    launch: LaunchParams = field(default_factory=LaunchParams)
    ground: GroundParams = field(default_factory=GroundParams)
    pitch: PitchParams = field(default_factory=PitchParams)
    alignment: AlignmentParams = field(default_factory=AlignmentParams)
    sight: SightParams = field(default_factory=SightParams)
    tracks: TrackParams = field(default_factory=TrackParams)

    def detectors(self) -> tuple[ModelParams, ModelParams]:
        """First and second detector, with what the launch arguments say."""
        first, second = self.model, self.second
        if self.launch.model:
            first = replace(first, path=self.launch.model)
        if self.launch.device != LaunchParams().device:
            device = self.launch.device
            first, second = replace(first, device=device), replace(second, device=device)
        return first, second
