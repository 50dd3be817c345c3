"""The truth files beside the real reports, as cells. Used by tests and by the accuracy count."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from govdisclose.model import Address, Number, State


@dataclass(frozen=True)
class Truth:
    """What a report prints, cell by cell. `value` is None where the print holds no number."""

    path: Path
    agency: str | None
    year: int | None
    form: str
    partial: bool
    published: str
    cells: dict[Address, tuple[Number | None, State]]
    units: dict[Address, str]
    no_values_in: tuple[str, ...]
    source: str
    claims: tuple[tuple[str, Number, str], ...]

    @property
    def report(self) -> Path:
        """The report beside this truth file."""
        stem = self.path.name.removesuffix(".truth.json")
        return next(p for p in sorted(self.path.parent.glob(f"{stem}.*")) if p != self.path)

    @property
    def tables(self) -> tuple[str, ...]:
        """The tables with cells in this truth file."""
        return tuple(dict.fromkeys(table for table, _, _ in self.cells))


def _null_state(said: str, table: str, row: str) -> State:
    """`null_state` is one state for all, or "dash in TABLE.ROW, blank elsewhere"."""
    if not said or said in ("blank", "dash"):
        return "dash" if said == "dash" else "blank"
    for part in said.split(","):
        state, _, where = part.strip().partition(" ")
        if where in (f"in {table}.{row}", f"in {table}", "elsewhere"):
            return "dash" if state == "dash" else "blank"
    raise ValueError(f"null_state not understood: {said}")


def _values(data: dict[str, object]) -> Iterator[tuple[Address, Number | None]]:
    for row, columns in dict(data.get("proactive", {})).items():  # type: ignore[call-overload]
        for column, value in columns.items():
            if column != "amount_unit":
                yield ("proactive", row, column), value
    for table, order in (("requests", "request_columns"), ("remedies", "remedy_columns")):
        for row, values in dict(data.get(table, {})).items():  # type: ignore[call-overload]
            for column, value in zip(data[order], values, strict=True):  # type: ignore[call-overload]
                yield (table, row, column), value


def load_truth(path: str | Path) -> Truth:
    """One `*.truth.json` as a `Truth`.

    Units: `amount_10k_yuan` is stated by the form; `amount` has the printed unit or "".
    """
    path = Path(path)
    data = json.loads(path.read_text(encoding="utf-8"))
    null = data.get("null_state", "")
    cells: dict[Address, tuple[Number | None, State]] = {}
    units: dict[Address, str] = {}
    for address, value in _values(data):
        cells[address] = (value, "number" if value is not None else _null_state(null, *address[:2]))
        if address[2] == "amount_10k_yuan":
            units[address] = "10k_yuan"
        elif address[2] == "amount":
            units[address] = data["proactive"][address[1]].get("amount_unit", "")
    return Truth(
        path,
        data["agency_printed"],
        data["year"],
        data["form"],
        data.get("partial", False),
        data.get("published", ""),
        cells,
        units,
        tuple(data.get("no_values_in", ())),
        data.get("source", ""),
        tuple((quantity, value, unit) for quantity, value, unit in data.get("claims", ())),
    )


def all_truths(folder: str | Path) -> list[Truth]:
    """Every truth file in a folder of reports, excerpts included."""
    return [load_truth(p) for p in sorted(Path(folder).rglob("*.truth.json"))]
