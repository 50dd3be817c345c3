"""Pictures of lines to characters: the recogniser of rapidocr, run on many lines at once.

rapidocr brings the model in its wheel; the model alone is used, through onnxruntime, so that what it
thinks of each character can be asked: of all characters, and of those of numbers only.
"""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from govdisclose.errors import UnsupportedFormat
from govdisclose.readers.scan.sheets import Pixels

HEIGHT = 48
"""Pixels of the model's lines."""
_STEP = 8
"""Pixels of a line for which the model gives one answer."""
_MARGIN = 10
"""Pixels of white before and after a line."""
_BATCH_PIXELS = 3072
"""Pixels along the lines that are read at once."""
_WORDS, _TALLER, _SQUEEZE = 6.0, 1.2, 0.5
"""No number is so many times as wide as high. Such lines of words are made so much taller, and so much narrower than
they are printed: hardly anything is lost, and a quarter of the time is won."""
_KINDS = (
    "0OoQD〇○。０日θΘØø",
    "1Il|丨１",
    "2２",
    "3３",
    "4４",
    "5５",
    "6６",
    "7７",
    "8８",
    "9９",
    ".,，．、·",
    "+＋",
    "-－—一",
    "/／",
)
"""Marks that numbers are made of, each with what looks the same when it stands alone."""
LIKE_DIGITS = frozenset("".join(_KINDS))
"""All of them."""
_POINT = 10
"""The kind whose marks differ in meaning: points and commas."""
THREADS = max(1, min(2, os.cpu_count() or 1))


@dataclass(frozen=True, slots=True)
class Reading:
    """What one line says.

    `places` are the middles of its characters, from 0 (left) to 1 (right) of the picture given, `chances` how
    likely each is. `number` is the likeliest text made of digits and marks alone, with `number_chance`, the
    least probability of one of them, or of what looks the same.
    """

    text: str
    chances: tuple[float, ...]
    places: tuple[float, ...]
    number: str
    number_chance: float

    @property
    def chance(self) -> float:
        """The least probability of a character."""
        return min(self.chances, default=0.0)


@dataclass(frozen=True, slots=True)
class Model:
    """The recogniser and its characters; the first stands for none.

    `blank` is the column of a space, `kinds` are the columns of each mark of numbers.
    """

    session: Any
    characters: tuple[str, ...]
    blank: int
    kinds: tuple[NDArray[np.intp], ...]


def missing(name: str, what: str) -> UnsupportedFormat:
    """The error for a picture that cannot be read without the extra."""
    return UnsupportedFormat(
        f'{name}: {what}; reading it needs character recognition: pip install "govdisclose[scan]", '
        "or give the born-digital PDF, DOCX or HTML"
    )


def is_installed() -> bool:
    """Whether the extra `scan` is there; nothing is imported to find out."""
    return all(importlib.util.find_spec(name) is not None for name in ("rapidocr", "onnxruntime", "cv2"))


@lru_cache(maxsize=1)
def model() -> Model:
    """The recogniser, loaded once a process.

    Raises
    ------
    UnsupportedFormat
        The installed rapidocr brings no recogniser.
    """
    import onnxruntime

    spec = importlib.util.find_spec("rapidocr")
    folders = spec.submodule_search_locations if spec else None
    found = sorted(path for folder in folders or () for path in Path(folder, "models").glob("*rec*.onnx"))
    if not found:
        raise UnsupportedFormat('rapidocr has no recogniser in its wheel; pip install "rapidocr>=3.10"')
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = THREADS
    options.inter_op_num_threads = 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")  # the other core has pages to look at
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(str(found[0]), options, providers=["CPUExecutionProvider"])
    listed = session.get_modelmeta().custom_metadata_map["character"].splitlines()
    characters = ("", *listed, " ")
    places = {char: index for index, char in enumerate(characters)}
    kinds = tuple(np.array([places[char] for char in kind if char in places]) for kind in _KINDS)
    return Model(session, characters, characters.index(" "), kinds)


def read_lines(pictures: Sequence[Pixels], *, body: int = 30) -> list[Reading]:
    """Read pictures of one line each.

    Parameters
    ----------
    pictures : sequence of arrays of uint8
        Grey, paper 255, cut close to the ink.
    body : int
        Pixels that the ink is made high; up to 48.
    """
    lines = [_line(picture, body) for picture in pictures]
    # Only lines of one width go together: white behind a line changes what is read in it, and costs time.
    same: dict[int, list[int]] = {}
    for index, line in enumerate(lines):
        same.setdefault(line.shape[1], []).append(index)
    out: dict[int, Reading] = {}
    for width, indices in same.items():
        most = max(1, _BATCH_PIXELS // width)
        for first in range(0, len(indices), most):
            batch = indices[first : first + most]
            out.update(zip(batch, _batch([lines[index] for index in batch]), strict=True))
    return [out[index] for index in range(len(lines))]


def _line(picture: Pixels, body: int) -> Pixels:
    """A picture on the model's line, white around it."""
    import cv2

    height, width = picture.shape
    squeeze = 1.0
    if width > _WORDS * height:
        body, squeeze = min(round(_TALLER * body), HEIGHT), _SQUEEZE
    factor = body / height
    across = max(2, round(width * factor * squeeze))
    smaller = factor < 1
    small = cv2.resize(picture, (across, body), interpolation=cv2.INTER_AREA if smaller else cv2.INTER_CUBIC)
    line = np.full((HEIGHT, max(HEIGHT, -(-(across + 2 * _MARGIN) // _STEP) * _STEP)), 255, np.uint8)
    top = (HEIGHT - body) // 2
    line[top : top + body, _MARGIN : _MARGIN + across] = small
    return line


def _batch(lines: Sequence[Pixels]) -> list[Reading]:
    """Lines of one width, read."""
    known = model()
    tensor = np.stack(lines)[:, None].repeat(3, axis=1) / np.float32(127.5) - 1
    answers = known.session.run(None, {known.session.get_inputs()[0].name: tensor})[0]
    return [_decoded(answer, line.shape[1], known) for answer, line in zip(answers, lines, strict=True)]


def _decoded(answer: NDArray[np.float32], width: int, known: Model) -> Reading:
    """The likeliest characters, repeats and pauses taken out; of all, and of numbers alone."""
    best = answer.argmax(axis=1)
    kept = [place for place, index in enumerate(best) if index and (place == 0 or index != best[place - 1])]
    text = "".join(known.characters[best[place]] for place in kept)
    chances = tuple(float(answer[place, best[place]]) for place in kept)
    inner = max(width - 2 * _MARGIN, 1)
    places = tuple(((place + 0.5) / len(best) * width - _MARGIN) / inner for place in kept)
    return Reading(text, chances, places, *_number(answer, known))


def _number(answer: NDArray[np.float32], known: Model) -> tuple[str, float]:
    """The likeliest number, and how likely it is: by all ways in which its marks may lie along the line."""
    nothing = answer[:, 0] + answer[:, known.blank]
    sums = np.stack([nothing, *(answer[:, kind].sum(axis=1) for kind in known.kinds)], axis=1)
    best = sums.argmax(axis=1)
    kept = [place for place, kind in enumerate(best) if kind and (place == 0 or kind != best[place - 1])]
    text = ""
    for place in kept:
        kind = int(best[place]) - 1
        mark = _KINDS[kind][0]
        if kind == _POINT and answer[place, known.kinds[kind][1:3]].sum() > answer[place, known.kinds[kind][0]]:
            mark = ","
        text += mark
    return text, likelihood(sums, [int(best[place]) for place in kept]) if text else 0.0


def likelihood(steps: NDArray[np.floating[Any]], marks: Sequence[int]) -> float:
    """The probability that a line says these marks and no others, in all ways in which they may lie along it.

    The step from one mark to the next is often undecided, and that is no doubt about either.

    Parameters
    ----------
    steps : array, shape (steps, 1 + kinds)
        How likely nothing, and a mark of each kind, is at each step.
    marks : sequence of int
        Columns of `steps`, not 0.

    Examples
    --------
    >>> round(likelihood(np.array([[0.5, 0.5], [0.0, 1.0], [0.5, 0.5]]), [1]), 2)
    1.0
    >>> round(likelihood(np.array([[0.0, 1.0, 0.0], [0.3, 0.3, 0.4]]), [1]), 2)
    0.6
    """
    states = np.zeros(2 * len(marks) + 1, np.intp)
    states[1::2] = marks
    skips = np.zeros(len(states), bool)
    skips[3::2] = states[3::2] != states[1:-2:2]
    reached = np.zeros(len(states))
    reached[0] = 1.0
    for chances in steps:
        before = reached
        reached = before.copy()
        reached[1:] += before[:-1]
        reached[2:] += np.where(skips[2:], before[:-2], 0.0)
        reached *= chances[states]
    return float(reached[-2:].sum())
