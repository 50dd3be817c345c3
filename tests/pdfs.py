"""PDFs made for tests: typeset with typst, or written byte by byte where typst cannot do it."""

from __future__ import annotations

import hashlib
import importlib.util
from collections.abc import Sequence
from pathlib import Path

_PAD = bytes.fromhex("28BF4E5E4E758A4164004E56FFFA01082E2E00B6D0683E802F0CA9FE6453697A")

Placed = tuple[int, int, int, int, str]
"""row, column, rowspan, colspan, text"""


def fonts() -> Path:
    """The folder of the static font in zhplot's wheel, found without importing it."""
    spec = importlib.util.find_spec("zhplot")
    if spec is None or not spec.submodule_search_locations:
        raise RuntimeError("the tests need zhplot for its font")
    return Path(spec.submodule_search_locations[0]) / "fonts"


def typeset(folder: Path, body: str, *, width: int = 595, height: int = 842, size: float = 9, page: str = "") -> Path:
    """A PDF of typst source, A4 upright unless told otherwise."""
    import typst

    source = f"""#set page(width: {width}pt, height: {height}pt, margin: 60pt, {page})
#set text(font: "Noto Sans SC", size: {size}pt, lang: "zh")
{body}
"""
    path = folder / f"{hashlib.sha256(source.encode()).hexdigest()[:12]}.pdf"
    typst.compile(source.encode(), output=str(path), font_paths=[str(fonts())], ignore_system_fonts=True)
    return path


def table(cells: Sequence[Placed], columns: str, style: str = "stroke: 0.5pt", header: int = 0) -> str:
    """typst source of a table; the first `header` rows repeat on each page."""

    def source(cell: Placed) -> str:
        row, col, rowspan, colspan, text = cell
        return f"table.cell(x: {col}, y: {row}, rowspan: {rowspan}, colspan: {colspan})[{text}]"

    head = ", ".join(source(cell) for cell in cells if cell[0] < header)
    body = ", ".join(source(cell) for cell in cells if cell[0] >= header)
    repeated = f"table.header({head}), " if header else ""
    return f"#table(columns: ({columns}), {style}, {repeated}{body})\n"


def numbers(rows: int, cols: int, first: int = 100) -> list[Placed]:
    """A plain table with another number in each cell."""
    return [(row, col, 1, 1, str(first + row * cols + col)) for row in range(rows) for col in range(cols)]


def written(
    path: Path,
    contents: Sequence[str],
    *,
    media: tuple[int, int, int, int] = (0, 0, 595, 842),
    page: str = "",
    encryption: str | None = None,
    forms: str = "",
) -> Path:
    """A PDF with the given content streams, in Helvetica as /F.

    `page` adds entries to each page. `encryption` is a user password (may be empty) for 40-bit
    RC4 with text extraction forbidden. `forms` is the content of a form /X.
    """
    count = len(contents)
    first = 5
    kids = " ".join(f"{first + 2 * i} 0 R" for i in range(count))
    box = " ".join(map(str, media))
    objects: dict[int, tuple[str, bytes | None]] = {
        1: ("<< /Type /Catalog /Pages 2 0 R >>", None),
        2: (f"<< /Type /Pages /Kids [{kids}] /Count {count} >>", None),
        3: ("<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>", None),
        4: (f"<< /Type /XObject /Subtype /Form /BBox [{box}] /Resources << /Font << /F 3 0 R >> >>", forms.encode()),
    }
    for i, content in enumerate(contents):
        at = first + 2 * i
        objects[at] = (
            f"<< /Type /Page /Parent 2 0 R /MediaBox [{box}] /Contents {at + 1} 0 R {page} "
            "/Resources << /Font << /F 3 0 R >> /XObject << /X 4 0 R >> >> >>",
            None,
        )
        objects[at + 1] = ("<<", content.encode())
    trailer = ""
    key = b""
    if encryption is not None:
        ident = b"0123456789abcdef"
        owner = _rc4(hashlib.md5(_PAD).digest()[:5], (encryption.encode() + _PAD)[:32])
        rights = -64
        seed = (encryption.encode() + _PAD)[:32] + owner + rights.to_bytes(4, "little", signed=True) + ident
        key = hashlib.md5(seed).digest()[:5]
        user = _rc4(key, _PAD)
        trailer = (
            f"/Encrypt << /Filter /Standard /V 1 /R 2 /O <{owner.hex()}> /U <{user.hex()}> /P {rights} >> "
            f"/ID [<{ident.hex()}> <{ident.hex()}>]"
        )
    out = bytearray(b"%PDF-1.4\n")
    offsets = {}
    for number, (head, stream) in objects.items():
        offsets[number] = len(out)
        out += f"{number} 0 obj\n".encode()
        if stream is None:
            out += head.encode()
        else:
            if key:
                stream = _rc4(hashlib.md5(key + number.to_bytes(3, "little") + b"\0\0").digest()[:10], stream)
            out += f"{head} /Length {len(stream)} >>\nstream\n".encode() + stream + b"\nendstream"
        out += b"\nendobj\n"
    start = len(out)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
    out += b"".join(f"{offsets[number]:010d} 00000 n \n".encode() for number in sorted(offsets))
    out += f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R {trailer} >>\nstartxref\n{start}\n%%EOF\n".encode()
    path.write_bytes(bytes(out))
    return path


def _rc4(key: bytes, data: bytes) -> bytes:
    state = list(range(256))
    j = 0
    for i in range(256):
        j = (j + state[i] + key[i % len(key)]) % 256
        state[i], state[j] = state[j], state[i]
    i = j = 0
    out = bytearray()
    for byte in data:
        i = (i + 1) % 256
        j = (j + state[i]) % 256
        state[i], state[j] = state[j], state[i]
        out.append(byte ^ state[(state[i] + state[j]) % 256])
    return bytes(out)


def shown(x: float, y: float, text: str, size: float = 10, extra: str = "") -> str:
    """Content that prints text at a point of user space."""
    return f"BT /F {size} Tf {extra} 1 0 0 1 {x} {y} Tm ({text}) Tj ET\n"


def ruled(x: float, y: float, rows: int, cols: int, width: float = 60, height: float = 20, first: int = 100) -> str:
    """Content of a ruled table whose lower left corner is at (x, y), with a number in each cell."""
    lines = [f"{x} {y + i * height} m {x + cols * width} {y + i * height} l S\n" for i in range(rows + 1)]
    lines += [f"{x + j * width} {y} m {x + j * width} {y + rows * height} l S\n" for j in range(cols + 1)]
    for row in range(rows):
        for col in range(cols):
            at = y + (rows - 1 - row) * height + 6
            lines.append(shown(x + col * width + 8, at, str(first + row * cols + col)))
    return "0.5 w\n" + "".join(lines)
