"""Make data/raw again from figures.csv and samples.toml: `python samples/make.py [FOLDER]`.

The figures are those of published reports; the sentences and the typesetting are ours. The same
versions of the tools give the same bytes.
"""

from __future__ import annotations

import csv
import io
import sys
import tomllib
from pathlib import Path
from typing import Any

from govdisclose.model import Address
from govdisclose.typeset import Draft, Layout, write

HERE = Path(__file__).resolve().parent
RAW = HERE.parent / "data" / "raw"
MANIFEST_NOTE = "figures from the published report, typeset anew; sentences are ours"


def figures() -> dict[str, dict[Address, str]]:
    """The printed figures of every sample, by its id."""
    out: dict[str, dict[Address, str]] = {}
    with (HERE / "figures.csv").open(encoding="utf-8", newline="") as file:
        for line in csv.DictReader(file):
            out.setdefault(line["sample"], {})[line["table"], line["row"], line["column"]] = line["printed"]
    return out


def samples() -> list[tuple[dict[str, Any], Draft, Layout]]:
    """Every sample: its entry in samples.toml, what it prints, and how."""
    data = tomllib.loads((HERE / "samples.toml").read_text(encoding="utf-8"))
    printed = figures()
    out = []
    for entry in data["samples"]:
        own = {int(number): said for number, said in entry.get("paragraphs", {}).items()}
        draft = Draft(
            entry["agency"],
            entry["year"],
            entry["forms"],
            printed[entry["id"]],
            published=entry.get("published", ""),
            paragraphs={5: [data["no_text"]], 6: [data["no_text"]]} | own,
            synthetic=False,
            note=data["note"],
        )
        out.append((entry, draft, Layout(**entry["layout"])))
    return out


def make(folder: Path = RAW) -> list[Path]:
    """Write every sample and manifest.csv into `folder`."""
    made = []
    lines = io.StringIO()
    manifest = csv.writer(lines, lineterminator="\n")
    manifest.writerow(["file", "agency", "year", "form", "source", "note"])
    for entry, draft, layout in sorted(samples(), key=lambda s: str(s[0]["file"])):
        made.append(write(draft, layout, folder / entry["file"]))
        ids = list(dict.fromkeys(entry["forms"].values()))
        form = ids[0] if len(ids) == 1 else ";".join(f"{t}={f}" for t, f in entry["forms"].items())
        manifest.writerow([entry["file"], draft.agency, draft.year, form, entry["source"], MANIFEST_NOTE])
    path = folder / "manifest.csv"
    path.write_text(lines.getvalue(), encoding="utf-8", newline="\n")
    return [*made, path]


if __name__ == "__main__":
    for path in make(Path(sys.argv[1]) if len(sys.argv) > 1 else RAW):
        print(path)
