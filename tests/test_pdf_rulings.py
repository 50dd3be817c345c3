"""Tables from the drawing itself: whatever draws a ruling, and nothing that does not."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from pdfs import Placed, numbers, ruled, shown, table, typeset, written
from rounds import draw_case, round_trip

from govdisclose.model import Grid
from govdisclose.readers.pdf import read_pdf


def placed(path: Path) -> list[list[Placed]]:
    """The tables that rulings alone give."""
    document = read_pdf(path, rungs=("rulings",))
    grids = [block for block in document.blocks if isinstance(block, Grid)]
    return [sorted((c.row, c.col, c.rowspan, c.colspan, c.text) for c in grid.cells) for grid in grids]


def words(first: int = 100, x: float = 112, y: float = 446) -> str:
    """The numbers of a 3 × 4 table with cells of 60 × 20 points."""
    return "".join(shown(x + 60 * col, y - 20 * row, text) for row, col, _, _, text in numbers(3, 4, first))


LEVEL = [(100.0, 400.0 + 20 * i, 340.0) for i in range(4)]
UPRIGHT = [(100.0 + 60 * j, 400.0, 460.0) for j in range(5)]


def strokes() -> str:
    return "".join(f"{x0} {y} m {x1} {y} l S\n" for x0, y, x1 in LEVEL) + "".join(
        f"{x} {y0} m {x} {y1} l S\n" for x, y0, y1 in UPRIGHT
    )


def pieces(step: float, length: float, pen: float) -> str:
    """Rulings as bars of a length, one each step."""
    out = []
    for x0, y, x1 in LEVEL:
        out += [f"{x0 + k * step} {y} {length} {pen} re f\n" for k in range(int((x1 - x0) / step))]
    for x, y0, y1 in UPRIGHT:
        out += [f"{x} {y0 + k * step} {pen} {length} re f\n" for k in range(int((y1 - y0) / step))]
    return "".join(out)


def both_ways(gap: float) -> str:
    """Every ruling twice."""
    twice = "".join(f"{x0} {y + d} m {x1} {y + d} l S\n" for x0, y, x1 in LEVEL for d in (0, gap))
    return twice + "".join(f"{x + d} {y0} m {x + d} {y1} l S\n" for x, y0, y1 in UPRIGHT for d in (0, gap))


FRAMES = "".join(
    f"{100 + 60 * c} {400 + 20 * r} 60 20 re {100.5 + 60 * c} {400.5 + 20 * r} 59 19 re f*\n"
    for r in range(3)
    for c in range(4)
)
RINGS = "".join(
    f"{100 + 60 * c} {400 + 20 * r} m {160 + 60 * c} {400 + 20 * r} l "
    f"{160 + 60 * c} {420 + 20 * r} l {100 + 60 * c} {420 + 20 * r} l s\n"
    for r in range(3)
    for c in range(4)
)


@pytest.mark.parametrize(
    "drawn",
    [
        "0.5 w\n" + strokes(),
        "0 w\n" + strokes(),
        "7 w 1 G\n" + strokes(),
        "[3 3] 0 d\n" + strokes(),
        pieces(6, 3, 0.5),
        pieces(2, 0.8, 0.8),
        both_ways(2.5),
        FRAMES,
        RINGS,
        "".join(f"{100 + 60 * c} {400 + 20 * r} 60 20 re B\n" for r in range(3) for c in range(4)),
        "q 0.9 g 100 400 240 60 re f Q\n" + strokes(),
        "q 2 0 0 2 0 0 cm 0.25 w\n"
        + "".join(f"{x0 / 2} {y / 2} m {x1 / 2} {y / 2} l S\n" for x0, y, x1 in LEVEL)
        + "".join(f"{x / 2} {y0 / 2} m {x / 2} {y1 / 2} l S\n" for x, y0, y1 in UPRIGHT)
        + "Q\n",
        "q 0 1 -1 0 0 0 cm\n"
        + "".join(f"{y} {-x0} m {y} {-x1} l S\n" for x0, y, x1 in LEVEL)
        + "".join(f"{y0} {-x} m {y1} {-x} l S\n" for x, y0, y1 in UPRIGHT)
        + "Q\n",
    ],
    ids=[
        "hair",
        "zero",
        "white-thick",
        "dashed",
        "bars",
        "dots",
        "double",
        "frames",
        "rings",
        "filled",
        "shaded",
        "scaled",
        "turned",
    ],
)
def test_whatever_draws_a_ruling(tmp_path: Path, drawn: str) -> None:
    assert placed(written(tmp_path / "table.pdf", [drawn + words()])) == [numbers(3, 4)]


@pytest.mark.parametrize(
    "drawn",
    [
        "".join(f"{100 + 60 * c} {400 + 20 * r} 60 20 re f\n" for r in range(3) for c in range(4)),
        "".join(f"{112 + 60 * c} {444 - 20 * r} 16 0.5 re f\n" for r in range(3) for c in range(4)),
        "100 400 240 60 re S\n",
        "".join(f"{x0} {y} m {x1} {y} l S\n" for x0, y, x1 in LEVEL),
    ],
    ids=["shades", "underlines", "frame", "level"],
)
def test_what_draws_none(tmp_path: Path, drawn: str) -> None:
    assert placed(written(tmp_path / "table.pdf", ["0.9 g\n" + drawn + "0 g\n" + words()])) == []


def test_dotted_rulings_are_thousands_of_dots(tmp_path: Path) -> None:
    dots = pieces(0.2, 0.1, 0.3)
    assert dots.count(" re f") > 6000
    assert placed(written(tmp_path / "dots.pdf", [dots + words()])) == [numbers(3, 4)]


def test_dots_of_several_dotted_lines_are_no_ruling(tmp_path: Path) -> None:
    level = "".join(f"{100 + 1.5 * k} {y} 0.75 0.75 re f\n" for y in (480, 483.5, 487) for k in range(160))
    assert placed(written(tmp_path / "dots.pdf", [pieces(2, 0.8, 0.8) + level + words()])) == [numbers(3, 4)]


def test_a_row_left_blank_may_be_as_low_as_its_padding(tmp_path: Path) -> None:
    low = "100 395.5 m 340 395.5 l S\n" + "".join(f"{x} 395.5 m {x} 400 l S\n" for x, _, _ in UPRIGHT)
    (found,) = placed(written(tmp_path / "low.pdf", [strokes() + low + words()]))
    assert found == [*numbers(3, 4), *((3, col, 1, 1, "") for col in range(4))]


@pytest.mark.parametrize(("width", "text"), [(18, "27"), (40, "2\n7")], ids=["no-room", "room"])
def test_a_number_is_broken_only_where_there_was_no_room(tmp_path: Path, width: int, text: str) -> None:
    edges = [100, 160, 160 + width, 220 + width]
    drawn = "".join(f"{x} 400 m {x} 480 l S\n" for x in edges)
    drawn += "".join(f"100 {y} m {edges[-1]} {y} l S\n" for y in (400, 440, 480))
    inside = shown(162, 462, "2", 14) + shown(162, 446, "7", 14) + shown(102, 450, "100") + shown(102, 410, "101")
    (found,) = placed(written(tmp_path / "broken.pdf", [drawn + inside]))
    assert (0, 1, 1, 1, text) in found


def test_tables_in_form_objects_within_form_objects(tmp_path: Path) -> None:
    path = written(tmp_path / "form.pdf", ["q 0.5 0 0 0.5 30 200 cm /X Do Q"], forms=strokes() + words())
    assert placed(path) == [numbers(3, 4)]


def test_only_what_a_clip_shows_is_drawn(tmp_path: Path) -> None:
    beyond = "q 90 390 260 80 re W n\n" + strokes() + "100 300 m 100 500 l S\n340 300 m 340 500 l S\nQ\n"
    hidden = "q 400 0 10 10 re W n\n200 400 m 200 460 l S\n200 405 m 260 405 l S\nQ\n"
    (found,) = placed(written(tmp_path / "clip.pdf", [beyond + hidden + words()]))
    assert [cell[1:] for cell in found if cell[4]] == [cell[1:] for cell in numbers(3, 4)]


def test_tables_beside_below_and_within_one_another(tmp_path: Path) -> None:
    beside = ruled(60, 600, 2, 3, width=40, first=100) + ruled(300, 600, 2, 3, width=40, first=200)
    below = ruled(60, 540, 2, 3, width=40, first=300)
    outer = ruled(60, 100, 2, 2, width=200, height=120, first=500)
    inner = ruled(100, 250, 2, 2, width=40, first=400)
    found = placed(written(tmp_path / "many.pdf", [beside + below + outer + inner]))
    assert [[int(cell[4]) for cell in grid] for grid in found] == [
        [*range(100, 106)],
        [*range(200, 206)],
        [*range(300, 306)],
        [*range(500, 504)],
        [*range(400, 404)],
    ]


@pytest.mark.parametrize("cut", ["bottom", "top"])
def test_a_table_cut_by_the_page_ends_where_its_rulings_end(tmp_path: Path, cut: str) -> None:
    level = LEVEL[1:] if cut == "bottom" else LEVEL[:-1]
    drawn = "".join(f"{x0} {y} m {x1} {y} l S\n" for x0, y, x1 in level)
    drawn += "".join(f"{x} {y0} m {x} {y1} l S\n" for x, y0, y1 in UPRIGHT)
    assert placed(written(tmp_path / "cut.pdf", [drawn + words()])) == [numbers(3, 4)]


def test_broken_rulings_and_corners_that_do_not_meet(tmp_path: Path) -> None:
    drawn = "".join(f"{x0 + 1.5} {y} m 190 {y} l S\n192 {y} m {x1 - 1.5} {y} l S\n" for x0, y, x1 in LEVEL)
    drawn += "".join(f"{x} {y0 + 1.5} m {x} {y1 - 1.5} l S\n" for x, y0, y1 in UPRIGHT)
    assert placed(written(tmp_path / "broken.pdf", [drawn + words()])) == [numbers(3, 4)]


def test_letters_drawn_as_shapes_are_no_rulings(tmp_path: Path) -> None:
    letters = "".join(f"{100 + 6 * k} {500 + 8 * r} 4 5 re f\n" for k in range(40) for r in range(6))
    document = read_pdf(written(tmp_path / "letters.pdf", [letters + strokes() + words()]))
    assert sum(isinstance(block, Grid) for block in document.blocks) == 1


def test_touching_labels_of_neighbouring_cells_stay_apart(tmp_path: Path) -> None:
    cells: list[Placed] = [(0, 0, 2, 1, "（三）"), (0, 1, 1, 1, "3.危及"), (1, 1, 1, 1, "4.保护"), (0, 2, 1, 1, "5")]
    path = typeset(
        tmp_path, table([*cells, (1, 2, 1, 1, "6")], "26pt, 60pt, 30pt", "stroke: 0.5pt, inset: 2pt"), size=12
    )
    assert placed(path) == [sorted([*cells, (1, 2, 1, 1, "6")])]


@pytest.mark.parametrize("borders", ["solid", "dashed", "double", "hairline"])
@pytest.mark.parametrize("seed", [0, 3, 9])
def test_ruled_reports_are_exact(borders: str, seed: int, tmp_path: Path) -> None:
    draft, layout = draw_case(seed, "pdf", (borders,))
    count, report = round_trip(draft, layout, tmp_path)
    assert report is not None
    assert count.exact, count.examples
    assert report.source.rung == "rulings"


def test_a_ruled_report_imports_no_picture_engine(tmp_path: Path) -> None:
    path = typeset(tmp_path, table(numbers(4, 5), "1fr, " * 5))
    code = (
        "import sys; from govdisclose.readers.pdf import read_pdf; "
        f"assert read_pdf({str(path)!r}).rung == 'rulings'; "
        "print(sorted({'camelot', 'cv2', 'numpy', 'pandas'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() in ("[]", "['numpy', 'pandas']")
