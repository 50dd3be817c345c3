"""Headers name columns, and each value stands in the one column it can stand in, or in none for certain."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from layouts import read_page

from govdisclose.alignment.across import find_across
from govdisclose.alignment.columns import Ends, place_values, windows
from govdisclose.alignment.cut import merge_cut_rows
from govdisclose.alignment.down import find_down
from govdisclose.alignment.headers import Header, name_columns, position_header, read_header
from govdisclose.alignment.labels import vocabulary
from govdisclose.alignment.lines import Line, Piece, lines
from govdisclose.clean import parse
from govdisclose.forms import Block, load
from govdisclose.model import Box, Document, Grid, GridCell, Paragraph

BLOCK = load()["2021"].table("requests").blocks[0]
CASES = load()["2021"].table("remedies").blocks[0]
LABELS = [c.label for c in BLOCK.columns]
IDS = [c.id for c in BLOCK.columns]
OUTCOMES = [c.label for c in CASES.columns]
PARENTS = vocabulary(load()).column_parents("requests")


def pieces(texts: Sequence[str], start: int = 1, row: int = 1) -> list[Piece]:
    return [Piece(t, parse(t), row, start + i) for i, t in enumerate(texts)]


def line(texts: Sequence[str], *, geometry: bool = True, blanks: bool = True, stream: bool = False) -> Line:
    """A line with a label before the values."""
    return Line(0, pieces(["某行", *texts], 0), geometry=geometry, blanks=blanks, stream=stream)


def header(labels: Sequence[str] = LABELS, start: int = 1, *, placed: bool = True) -> Header:
    named, how, in_order = name_columns(labels, [BLOCK])
    heads = tuple(pieces(labels, start, 0)) if placed else ()
    complete = set(IDS) <= {e.id for e in named if e}
    return Header(tuple(named), tuple(labels), how, heads, start + len(labels), in_order, complete)


def read(row: Line, head: Header, *, anchor: int | None = None, fillers: int = 0, ends: Ends = "uneven") -> list[str]:
    placed = place_values(row, row.pieces[1:], head, anchor=anchor, fillers=fillers, ends=ends)
    return ["?" if p.doubt else p.piece.text for p in placed]


DOUBT = ["?"] * 7


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (list("1234567"), list("1234567")),
        (["1", "", "", "4", "", "", "7"], ["1", "", "", "4", "", "", "7"]),
        (list("12345678"), DOUBT),
        (list("123456"), DOUBT),
        (["", *"1234567"], DOUBT),
        (["1", "", "2", "", "", "", "", ""], DOUBT),
    ],
)
def test_a_row_under_a_header_of_its_own_grid(values: list[str], expected: list[str]) -> None:
    assert read(line(values), header()) == expected


def test_cells_written_out_for_a_span_are_passed_over() -> None:
    values = ["", "", *"1234567"]
    assert read(line(values), header(placed=False), fillers=2) == list("1234567")
    assert read(line(["9", *values[1:]]), header(placed=False), fillers=2) == DOUBT
    assert read(line(values), header(LABELS[:6], placed=False), fillers=3)[0] == "?"


def test_a_header_out_of_the_forms_order_needs_its_columns() -> None:
    turned = [LABELS[1], LABELS[0], *LABELS[2:]]
    assert read(line(list("1234567")), header(turned)) == list("1234567")
    assert read(line(list("1234567")), header(turned, placed=False)) == DOUBT


def test_a_heading_over_the_labels_is_no_column() -> None:
    assert read(line(list("1234567")), header(["序号", "项目", *LABELS], placed=False)) == list("1234567")


def test_lines_that_drop_empty_cells() -> None:
    packed = header(placed=False)
    assert read(line(list("1234567"), geometry=False, blanks=False), packed) == list("1234567")
    assert read(line(list("123456"), geometry=False, blanks=False), packed) == DOUBT
    assert read(line([], geometry=False, blanks=False), packed) == [""] * 7
    lacking = header(LABELS[:6], placed=False)
    assert read(line(list("123456"), geometry=False, blanks=False), lacking) == ["?"] * 6


def test_more_numbers_than_columns_are_never_joined() -> None:
    row = line(["1", "717", "0", "0", "0", "0", "0", "0"], geometry=False, blanks=False)
    assert read(row, header(placed=False)) == DOUBT


def test_a_ragged_row_is_read_where_its_window_is_the_only_one() -> None:
    ragged = header(placed=False)
    assert read(line(["", "", *"1234567"], geometry=False), ragged) == list("1234567")
    assert read(line(["", "1", "2"], geometry=False), ragged, anchor=1, ends="trimmed")[:3] == ["1", "2", ""]
    assert read(line(["", "1", "2"], geometry=False), ragged, anchor=1) == DOUBT
    assert read(line(["", "1", "2"], geometry=False), ragged) == DOUBT
    bare = position_header(BLOCK.columns)
    assert read(line(["", "1", *[""] * 5, "7"], geometry=False), bare) == DOUBT


def test_a_doubtful_header_makes_doubtful_rows_but_no_doubtful_blanks() -> None:
    doubtful = position_header(BLOCK.columns, "two forms would fit")
    assert read(line(list("1234567")), doubtful) == DOUBT
    assert read(line([""] * 7), doubtful) == [""] * 7


def test_windows() -> None:
    assert windows(pieces(["", "1", "2", ""]), 2, pad=False) == [1]
    assert windows(pieces(["", "1", ""]), 2, pad=False) == [0, 1]
    assert windows(pieces(["", ""]), 2, pad=False) == [0]
    assert windows(pieces(["1", "", "", "2"]), 2, pad=False) == []


def test_columns_are_named_by_label_then_by_place() -> None:
    assert [e and e.id for e in name_columns(LABELS, [BLOCK]).entries] == IDS
    known = name_columns(["自然人", "商业企业", "科研机构", "社会公益组织", "某某某机构", "其他", "总计"], [BLOCK])
    assert [e and e.id for e in known.entries] == IDS and known.how == "counted"
    less = name_columns([*LABELS[:4], *LABELS[5:]], [BLOCK])
    assert [e and e.id for e in less.entries] == [*IDS[:4], *IDS[5:]] and less.in_order
    more = name_columns([*LABELS, "备注"], [BLOCK])
    assert [e and e.id for e in more.entries] == [*IDS, None]


def document(*grids: Sequence[Sequence[tuple[str, int] | str]]) -> Document:
    """Grids of (text, colspan) cells without row spans."""
    blocks = []
    for grid in grids:
        cells = []
        for r, row in enumerate(grid):
            col = 0
            for cell in row:
                text, span = (cell, 1) if isinstance(cell, str) else cell
                cells.append(GridCell(r, col, text, 1, span))
                col += span
        blocks.append(Grid(tuple(cells)))
    return Document(tuple(blocks), "html", "dom")


def header_of(*rows: Sequence[tuple[str, int] | str], block: Block = BLOCK, table: str = "requests") -> Header:
    found = lines(document(rows), vocabulary(load()))
    return read_header(found, table, [block], PARENTS)


def test_a_group_stands_for_what_it_spans() -> None:
    top = [("", 1), "自然人", ("法人或其他组织", 5), "总计"]
    below = ["", "", *LABELS[1:6], ""]
    placed = header_of(top, below)
    assert [e and e.id for e in placed.entries] == IDS and placed.pieces
    lost = header_of(["自然人", "法人或其他组织", "总计"], LABELS[1:6])
    assert [e and e.id for e in lost.entries] == IDS and not lost.pieces


def test_levels_are_right_where_wrong_spans_break_the_order() -> None:
    head = header_of(["", "自然人", ("法人或其他组织", 4), "总计", ""], ["", "", *LABELS[1:5], "", "其他"])
    assert [e and e.id for e in head.entries] == IDS and head.how == "header" and not head.pieces


def test_no_header_is_the_forms_order() -> None:
    head = read_header([], "requests", [BLOCK], PARENTS)
    assert (head.how, [e and e.id for e in head.entries]) == ("position", IDS)


def across(*grids: Sequence[Sequence[tuple[str, int] | str]]) -> dict[tuple[str, str], str]:
    found = find_across(lines(document(*grids), vocabulary(load())), "remedies", CASES, set())
    return {
        (row, p.entry.id): "?" if p.doubt else p.piece.text
        for f in found
        for row, p in zip(f.rows, f.placed, strict=True)
        if p.entry
    }


VALUES = [str(i) for i in range(15)]
WIDE = [[("行政复议", 5), ("未经复议直接起诉", 5), ("复议后起诉", 5)], OUTCOMES * 3, VALUES]
EXPECTED = {(r.id, c.id): VALUES[5 * i + j] for i, r in enumerate(CASES.rows) for j, c in enumerate(CASES.columns)}


def test_rows_side_by_side() -> None:
    assert across(WIDE) == EXPECTED
    assert across(WIDE[:2], WIDE[2:]) == EXPECTED
    assert across([["行政复议", "未经复议直接起诉", "复议后起诉"], *WIDE[1:]]) == EXPECTED


def test_rows_below_one_another() -> None:
    head = ["", *OUTCOMES]
    rows = [[r.label, *VALUES[5 * i : 5 * i + 5]] for i, r in enumerate(CASES.rows)]
    assert across([head, *rows]) == EXPECTED
    blank = [head, [rows[0][0], *[""] * 5], *rows[1:]]
    assert across(blank) == EXPECTED | {("review", c.id): "" for c in CASES.columns}


def test_side_by_side_with_too_few_values_is_doubtful() -> None:
    assert set(across([*WIDE[:2], VALUES[:14]]).values()) == {"?"}
    assert across(WIDE[:2]) == {}


def test_a_blank_line_of_values_is_a_blank_table() -> None:
    assert set(across([*WIDE[:2], [""] * 15]).values()) == {""}
    assert across([*WIDE[:2], [""] * 15, VALUES]) == EXPECTED


def test_labels_without_numbers_in_text_are_a_table_left_blank() -> None:
    texts = ["行政复议", *OUTCOMES]
    found = lines(Document(tuple(Paragraph(t) for t in texts), "text", "lines"), vocabulary(load()))
    (only,) = find_across(found, "remedies", CASES, set())
    assert {p.piece.text for p in only.placed} == {""}


def test_one_line_an_outcome() -> None:
    rows = [
        [r.label if j == 0 else "", o, VALUES[5 * i + j]]
        for i, r in enumerate(CASES.rows)
        for j, o in enumerate(OUTCOMES)
    ]
    found = find_down(lines(document(rows), vocabulary(load())), "remedies", CASES, set())
    got = {(f.rows[0], f.placed[0].entry.id): f.placed[0].piece.text for f in found if f.placed[0].entry}
    assert got == EXPECTED


def test_two_outcomes_are_not_enough() -> None:
    rows = [["行政复议", "总计", "3"], ["", "其他", "1"]]
    assert find_down(lines(document(rows), vocabulary(load())), "remedies", CASES, set()) == []


def test_a_row_short_by_some_cells_is_sure_only_where_it_prints_a_blank() -> None:
    ragged = name_columns(LABELS, [BLOCK])
    head = Header(tuple(ragged.entries), tuple(LABELS), "header")
    assert read(line(list("123456"), geometry=False), head, anchor=0, ends="trimmed") == DOUBT
    assert read(line(["1", "", "3", "4", "5", "6"], geometry=False), head, anchor=0, ends="trimmed")[-2:] == ["6", ""]
    assert read(line(["1", "2"], geometry=False), head, anchor=0, ends="trimmed")[:3] == ["1", "2", ""]


def test_a_label_written_out_over_the_cells_it_spanned_is_one_column() -> None:
    same = header_of(["", "自然人", "商业企业", "商业企业", "总计"])
    assert [e and e.id for e in same.entries] == ["natural_person", "business", "total"]
    assert read(line(["1", "2", "2", "3"]), same) == ["1", "2", "3"]
    assert DOUBT[0] in read(line(["1", "2", "4", "3"]), same)


def _grid(rows: list[list[str]], page: int, top: float) -> Grid:
    """A ruled grid whose columns are 40 points wide and whose rows are 20 high."""
    return Grid(
        tuple(
            GridCell(r, c, text, box=Box(page, 40.0 * c, top + 20 * r, 40.0 * c + 40, top + 20 * r + 20))
            for r, row in enumerate(rows)
            for c, text in enumerate(row)
        ),
        page=page,
    )


@pytest.mark.parametrize(
    ("rest", "expected"),
    [
        (["", "", "构"], ["", "自然人", "法律服务机构"]),
        (["", "", "人"], ["", "自然人", "法律服务机"]),
        (["", "甲", "构"], ["", "自然人", "法律服务机"]),
        (["", "0", "构"], ["", "自然人", "法律服务机"]),
    ],
    ids=["rest", "no-rest", "other-text", "number"],
)
def test_a_header_that_the_end_of_the_page_cuts_is_put_together(rest: list[str], expected: list[str]) -> None:
    words = vocabulary(load())
    head = _grid([["", "自然人", "法律服务机"]], 1, 700)
    below = _grid([rest, ["一、本年新收政府信息公开申请数量", "1", "2"]], 2, 60)
    merged = merge_cut_rows(lines(Document((head, below), "pdf", "rulings"), words), words)
    assert [piece.text for piece in merged[0].pieces] == expected
    assert len(merged) == (2 if expected[2].endswith("构") else 3)


@pytest.mark.parametrize("count", range(11, 17))
def test_a_heading_of_another_group_before_the_columns_claims_nothing(count: int) -> None:
    names = ["结果纠正", "其他结果", "尚未审结", *["结果维持", "结果纠正", "其他结果", "尚未审结", "总计"] * 2]
    groups = "<td colspan=3>行政复议</td><td colspan=5>未经复议直接起诉</td><td colspan=5>复议后起诉</td>"
    leaves, numbers = ("".join(f"<td>{text}</td>" for text in texts) for texts in (names, range(count)))
    rows = f"<tr><td rowspan=2>结果维持</td>{groups}</tr><tr>{leaves}</tr><tr>{numbers}</tr>"
    aligned = read_page(f"<h2>四、行政复议、行政诉讼情况</h2><table>{rows}</table>")
    (cell,) = [c for c in aligned.cells if c.key == ("remedies", "review", "upheld")]
    assert cell.state == "absent"
