"""Where a number was printed: its box, drawn on the page of the PDF."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from govdisclose.errors import UsageError
from govdisclose.model import Box, Cell

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

COLOUR = "#d55e00"
"""Vermilion of the Okabe-Ito palette: told from black print by every eye, and dark enough in grey."""


def show_box(
    path: str | Path,
    cell: Cell | pd.Series,
    *,
    ax: Axes | None = None,
    margin: float | None = 60,
    scale: float = 3.0,
    password: str | None = None,
) -> Axes:
    """Draw the part of a page where a cell was printed, with the cell's box on it.

    Parameters
    ----------
    path : str or Path
        The PDF the report was read from.
    cell : Cell or pandas.Series
        One of `Report.cell_records`, or a line of `Report.cells`.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure without it.
    margin : float or None
        Points of the page shown above and below the box, in its full width so that the row's label
        can be seen; None shows the whole page.
    scale : float
        Pixels per point.
    password : str, optional
        For an encrypted PDF.

    Returns
    -------
    matplotlib.axes.Axes
        In points from the top left corner of the page, as the box.

    Raises
    ------
    UsageError
        The cell has no box, because its file has no pages (HTML, Word, text) or it is absent; the
        message says where it stands instead. Or a margin or scale that is not positive.
    UnreadableFile
        The PDF cannot be opened.

    Examples
    --------
    >>> show_box("report.html", Cell("requests", "new", "total", 3, "number", "3", place="table 2, row 4, column 9"))
    Traceback (most recent call last):
        ...
    govdisclose.errors.UsageError: report.html: requests.new.total has no box to draw; it stands at table 2, row 4, ...
    """
    path = Path(path)
    box = _box(path, cell)
    if (margin is not None and margin < 0) or scale <= 0:
        raise UsageError(f"margin {margin}, scale {scale}: choose a margin of 0 or more and a scale above 0")

    from govdisclose.readers.pdf import render_page

    image = render_page(path, box.page, scale, password=password)
    width, height = image.width / scale, image.height / scale
    top, bottom = (0.0, height) if margin is None else (max(0.0, box.y0 - margin), min(height, box.y1 + margin))
    image = image.crop((0, round(top * scale), image.width, round(bottom * scale)))
    return _draw(image, box, (0, width, bottom, top), _new_axes(width, bottom - top) if ax is None else ax)


def _box(path: Path, cell: Cell | pd.Series) -> Box:
    if isinstance(cell, Cell):
        box, place, name, absent = cell.box, cell.place, ".".join(cell.key), cell.state == "absent"
    else:
        missing = [key for key in ("table", "row", "column", "page", "x0", "y0", "x1", "y1") if key not in cell.index]
        if missing:
            raise UsageError(f"not a line of Report.cells: {', '.join(missing)} missing; pass one, such as .iloc[0]")
        edges = [cell[edge] for edge in ("x0", "y0", "x1", "y1")]
        known = all(edge is not None and edge == edge for edge in edges)  # a missing edge is None or NaN
        box = Box(int(cell["page"]), *map(float, edges)) if known else None
        place, absent = str(cell.get("place", "")), cell.get("state") == "absent"
        name = f"{cell['table']}.{cell['row']}.{cell['column']}"
    if box is not None:
        return box
    if absent:
        raise UsageError(f"{path}: {name} has no box to draw; it is absent from this report")
    where = f"it stands at {place}" if place else "its place is not known"
    raise UsageError(f"{path}: {name} has no box to draw; {where}; only the cells of a PDF have boxes")


def _new_axes(width: float, height: float) -> Axes:
    from matplotlib import pyplot as plt

    inches = 8.0
    _, ax = plt.subplots(figsize=(inches, max(0.6, inches * height / width)), layout="constrained")
    return ax


def _draw(image: object, box: Box, extent: tuple[float, float, float, float], ax: Axes) -> Axes:
    from matplotlib.patches import Rectangle

    ax.imshow(image, extent=extent, interpolation="antialiased")  # type: ignore[arg-type]
    ax.add_patch(
        Rectangle((box.x0, box.y0), box.x1 - box.x0, box.y1 - box.y0, fill=False, edgecolor=COLOUR, linewidth=2)
    )
    ax.set(xlim=extent[:2], ylim=extent[2:], xticks=[], yticks=[], xlabel=f"page {box.page}")
    return ax
