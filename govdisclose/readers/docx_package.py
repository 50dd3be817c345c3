"""The parts of a Word file: a zip container of XML, opened with care."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass, field

from lxml import etree

from govdisclose.errors import UnreadableFile
from govdisclose.readers.docx_styles import Element, attribute, children, local

MAX_PART = 64 << 20
"""Bytes a part may unpack to: what stands in a real report is a hundredth of it."""


def _careful_parser() -> etree.XMLParser:
    return etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True)


@dataclass(slots=True)
class Package:
    """An open container, and what messages call the file."""

    archive: zipfile.ZipFile
    name: str
    parser: etree.XMLParser = field(default_factory=_careful_parser)

    def part(self, path: str) -> Element | None:
        """The root of an XML part, or None where the package has none of that name."""
        try:
            info = self.archive.getinfo(path)
        except KeyError:
            return None
        if info.file_size > MAX_PART:
            raise self._too_large(path)
        with self.archive.open(info) as file:
            data = file.read(MAX_PART + 1)
        if len(data) > MAX_PART:  # the directory may lie about the size
            raise self._too_large(path)
        try:
            return etree.fromstring(data, self.parser)
        except etree.XMLSyntaxError as error:
            raise UnreadableFile(
                f"{self.name}: {path} in the file is damaged ({error.msg}); open it in Word and save it again"
            ) from error

    def _too_large(self, path: str) -> UnreadableFile:
        return UnreadableFile(f"{self.name}: {path} unpacks to more than {MAX_PART >> 20} MiB; this is no report")

    def optional(self, path: str) -> Element | None:
        """A part the text can be read without."""
        try:
            return self.part(path)
        except UnreadableFile:
            return None

    def main_path(self) -> str:
        """The main part, by the package's relations, since not every program names it alike."""
        for relation in children(self.optional("_rels/.rels"), "Relationship"):
            if attribute(relation, "Type").endswith("/officeDocument"):
                path = attribute(relation, "Target").lstrip("/")
                if path in self.archive.namelist():
                    return path
        return next((n for n in self.archive.namelist() if n.lower() == "word/document.xml"), "word/document.xml")


def metadata(package: Package) -> dict[str, str]:
    """Core properties: title, creator, created, …"""
    found: dict[str, str] = {}
    core = package.optional("docProps/core.xml")
    for element in core if core is not None else ():
        text = " ".join((element.text or "").split())
        if text:
            found.setdefault(local(element).lower(), text)
    return found
