"""The words of the package as frozen types. Readers make `Document`; alignment makes `Cell`.

Nothing here computes. What a report has by the hundred (`Box`, `GridCell`, `Cell`) is a named tuple, built several
times as fast as a frozen dataclass; `_replace` makes a changed copy. Coordinates of a `Box` are PDF points
(1/72 inch) from the top left corner of the page, x to the right and y downwards.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

Number = int | float
State = Literal["number", "blank", "dash", "text", "absent", "unreadable"]
Evidence = Literal["proved", "agreed", "read", "conflict"]
Severity = Literal["error", "warning", "notice"]
Fault = Literal["source", "reading", "undecided"]
RelationState = Literal["holds", "undetermined", "fails"]
Scope = Literal["own_office", "consolidated", "unknown"]
ClaimKind = Literal["count", "share", "growth", "decline"]
Address = tuple[str, str, str]
"""(table, row, column), in the ids of the form files."""


class Box(NamedTuple):
    """A rectangle on a page. `page` counts from 1."""

    page: int
    x0: float
    y0: float
    x1: float
    y1: float


Again = Callable[[Box], tuple[str, ...]]
"""Further readings of the cell in a box of a picture, each sure of what it gives; none where there is no such cell."""


class GridCell(NamedTuple):
    """One printed cell. `row` and `col` count from 0 within the grid; a span covers what follows."""

    row: int
    col: int
    text: str
    rowspan: int = 1
    colspan: int = 1
    box: Box | None = None
    doubt: str = ""
    """Why the reader itself distrusts this cell's text or borders; empty where it does not."""
    readings: tuple[str, ...] = ()
    """What each of several readings of the cell gave, where the reader made them (a scan)."""


@dataclass(frozen=True, slots=True)
class Grid:
    """A table as printed, cells in reading order (row, then column).

    `geometry` says whether column indices mean anything: `true` where the source draws or declares
    the columns (HTML, DOCX, a ruled PDF), so that one index is one printed column; false where
    cells were only separated (tabs, bars, spaces) and rows may be ragged.
    `blanks` says whether an empty printed cell leaves a trace (an empty `GridCell`).
    """

    cells: tuple[GridCell, ...]
    geometry: bool = True
    blanks: bool = True
    page: int | None = None
    caption: str = ""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A line or paragraph of running text. `line` counts source lines from 1 where it is known."""

    text: str
    box: Box | None = None
    line: int | None = None
    heading: int = 0
    """Heading level the source declares (1 to 6), or 0."""


Block = Paragraph | Grid


@dataclass(frozen=True, slots=True)
class Note:
    """Something a reader has to say about a file, without knowing what the file means.

    `box` is the place it speaks of, where it speaks of one place.
    """

    code: str
    message_zh: str
    message_en: str
    severity: Severity = "notice"
    box: Box | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """What a reader makes of a file: ordered paragraphs and grids, nothing interpreted.

    `metadata` holds what the file declares about itself outside the running text (HTML `<title>`
    and `<meta>`, DOCX core properties, PDF info), keys in lower case, first value wins.
    `reader` is the format (`html`, `docx`, `pdf`, `image`, `text`); `rung` the method that answered.
    `again` reads a cell of a picture once more.
    """

    blocks: tuple[Block, ...]
    reader: str
    rung: str
    metadata: dict[str, str] = field(default_factory=dict)
    notes: tuple[Note, ...] = ()
    pages: int | None = None
    again: Again | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """The file a report was read from."""

    file: str
    sha256: str
    reader: str
    rung: str


class Cell(NamedTuple):
    """One number of a report: where it belongs, what is printed, where it stands.

    `value` is the printed number (None unless `state` is `number`); `adjusted` equals it unless a
    correction says otherwise. `raw` is the text as printed. `unit` is empty for counts. `address`
    tells how row and column were matched (see docs/output.md). `candidates` are values the print
    may mean where it is not certain.
    """

    table: str
    row: str
    column: str
    value: Number | None
    state: State
    raw: str = ""
    unit: str = ""
    evidence: Evidence = "read"
    adjusted: Number | None = None
    page: int | None = None
    box: Box | None = None
    place: str = ""
    address: str = ""
    candidates: tuple[Number, ...] = ()

    @property
    def key(self) -> Address:
        """(table, row, column)."""
        return (self.table, self.row, self.column)


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check has to say about a report."""

    relation: str
    severity: Severity
    message_zh: str
    message_en: str
    cells: tuple[Address, ...] = ()
    expected: Number | str | None = None
    actual: Number | str | None = None
    fault: Fault = "undecided"
    place: str = ""
    corrected: bool = False
    """A reviewed correction settles it: it speaks of what is printed, and is gone from the adjusted values."""


@dataclass(frozen=True, slots=True)
class TableForm:
    """Which form a table was printed in, and what deviates from it.

    `form` is the id of the nearest form, or "" where the table was not found.
    """

    form: str
    missing: tuple[str, ...] = ()
    extra: tuple[str, ...] = ()
    renamed: tuple[tuple[str, str], ...] = ()
    """(item id, label as printed) where the printed label is none of the form's."""


@dataclass(frozen=True, slots=True)
class Section:
    """One statutory section: its number (1 to 6; 0 before the first), printed title and text."""

    number: int
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Claim:
    """A quantity stated in the prose.

    `quantity` is an id of `claims.toml`, applicants and outcome included (`granted_by_natural_person`,
    `review_cases_upheld`); `value` and `unit` are as printed, multipliers worked out (1.2万次 is 12000
    次; money keeps 万元), `unit` "" where the text says none without a number. `text` are the words it
    rests on, `start` and `end` their place in the section's text, `at` that of the number. `section` is
    the section's number and `nth` which of those with it (0 but where one is printed twice).
    """

    quantity: str
    value: Number
    unit: str
    text: str
    section: int
    place: str
    start: int
    end: int
    at: int
    kind: ClaimKind = "count"
    """`share` and `decline`, `growth` are percentages of, or changes in, the quantity."""
    scope: Scope = "unknown"
    by: str = ""
    """Applicants counted: `natural_person`, `organisation`, or one kind of organisation (a column id)."""
    outcome: str = ""
    """How a review or lawsuit ended: `upheld`, `corrected`, `other`, `pending`."""
    approximate: bool = False
    nth: int = 0


@dataclass(frozen=True, slots=True)
class Stated:
    """A fact about the report as a whole, and where it was found. `value` None: not stated."""

    value: str | int | None
    origin: str = ""
    """`title`, `text`, `metadata`, `file_name`, `signature`, or "" where nothing states it."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Who reports on which year, where each is stated, and what contradicts it."""

    agency: Stated
    year: Stated
    published: Stated
    scope: Stated
    title: str = ""
    findings: tuple[Finding, ...] = ()
