"""Scans: how large, of what kind (by content, not by name), and nothing in them that runs."""

from __future__ import annotations

import re
import zlib
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

_KINDS = (
    (b"%PDF-", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
)
#: What runs or reaches out when a PDF is opened (ISO 32000-1, 12.6.4): names long enough never to occur by chance.
_RUNS = re.compile(rb"/(JavaScript|Launch|RichMedia|EmbeddedFile|SubmitForm|ImportData|XFA)(?![A-Za-z])")
_SCRIPT = re.compile(rb"/JS\s*[(<\d]")
_STREAM = re.compile(rb"stream\r?\n(.*?)endstream", re.DOTALL)
_ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")
#: The most that compressed objects may unpack to: a small file that unpacks to more is refused.
_UNPACKED = 64 * 1024 * 1024


def kind_of(content: bytes) -> str | None:
    """The media type that the first bytes show; None when it is none of PDF, PNG, JPEG, TIFF."""
    head = content[:1024]
    for start, name in _KINDS:
        if head.startswith(start):
            return name
    return None


def what_runs(pdf: bytes) -> str | None:
    """Why a PDF is refused: the action it holds, or that it cannot be looked into. None when nothing was found."""
    plain = _unescape(pdf)
    if b"/Encrypt" in plain:
        return _("it is encrypted and cannot be looked into")
    if found := _RUNS.search(plain):
        return found[1].decode()
    if _SCRIPT.search(_STREAM.sub(b"", plain)):
        return "JavaScript"
    left = _UNPACKED
    for stream in _STREAM.finditer(pdf):
        head = _unescape(pdf[max(0, stream.start() - 1000) : stream.start()]).rpartition(b"obj")[2]
        if b"/ObjStm" not in head:
            continue
        if b"/FlateDecode" not in head and b"/Filter" in head:
            return _("its objects are packed in a way that cannot be looked into")
        inner = stream[1]
        if b"/FlateDecode" in head:
            try:
                inner = zlib.decompressobj().decompress(stream[1], left)
            except zlib.error:
                return _("its objects cannot be unpacked")
            left -= len(inner)
            if left <= 0:
                return _("it unpacks to more than can be looked through")
        inner = _unescape(inner)
        if found := _RUNS.search(inner):
            return found[1].decode()
        if _SCRIPT.search(inner):
            return "JavaScript"
    return None


def _unescape(pdf: bytes) -> bytes:
    return _ESCAPED.sub(lambda found: bytes([int(found[1], 16)]), pdf)


def check_scan(upload: UploadedFile[bytes]) -> tuple[str, bytes]:
    """Media type and content of a scan.

    Raises:
        ValidationError: too large, of another kind, empty, or a PDF that runs something.
    """
    most = settings.SCAN_MAX_BYTES
    size = upload.size or 0
    if size > most:
        raise ValidationError(
            _(
                "The scan has %(found)d MB; at most %(most)d MB are taken. Scan in black and white, or send it in parts."
            )
            % {"found": size // 1_048_576, "most": most // 1_048_576}
        )
    content = upload.read()
    if not content:
        raise ValidationError(_("The file is empty. Choose the scan again."))
    kind = kind_of(content)
    if kind is None:
        raise ValidationError(
            _("Expected a PDF, PNG, JPEG or TIFF; “%(name)s” is none of them, whatever it is called.")
            % {"name": upload.name}
        )
    if kind == "application/pdf" and (why := what_runs(content)):
        raise ValidationError(
            _(
                "This PDF is not taken: it can run something when opened (%(why)s). Print it and scan the print."
            )
            % {"why": why}
        )
    return kind, content


class ScanField(forms.FileField):
    """One scan. `cleaned_data` holds `(name, media type, content)`, or None."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("required", False)
        kwargs.setdefault("help_text", gettext_lazy("PDF, PNG, JPEG or TIFF"))
        kwargs.setdefault("widget", forms.FileInput(attrs={"accept": ".pdf,.png,.jpg,.jpeg,.tif,.tiff"}))
        super().__init__(**kwargs)

    def clean(self, data: Any, initial: Any = None) -> Any:
        upload = super().clean(data, initial)
        if not upload:
            return None
        kind, content = check_scan(upload)
        return upload.name, kind, content
