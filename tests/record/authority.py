"""A time stamping authority of the tests' own: OpenSSL answers, on loopback."""

from __future__ import annotations

import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

CONFIG = """
[stamps]
serial = {folder}/serial
crypto_device = builtin
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256, sha512
ess_cert_id_alg = sha256
"""
EXTENSIONS = (
    "extendedKeyUsage=critical,timeStamping\nkeyUsage=critical,digitalSignature\nbasicConstraints=CA:FALSE\n"
)
Answer = Callable[[bytes], tuple[int, bytes]]


class Authority:
    """A root, and a certificate under it that signs stamps."""

    def __init__(self, folder: Path) -> None:
        if shutil.which("openssl") is None:
            pytest.skip("needs the program openssl (Debian: apt-get install openssl)")
        self.folder = folder
        self.root = folder / "root.pem"
        key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout")
        self._run(
            "req", "-x509", *key, "root.key", "-out", "root.pem", "-days", "30", "-subj", "/CN=Example Root"
        )
        self._run(
            "req", *key, "stamp.key", "-out", "stamp.csr", "-subj", "/CN=Example Time Stamping Authority"
        )
        (folder / "extensions").write_text(EXTENSIONS, encoding="utf-8")
        self._run(
            "x509", "-req", "-in", "stamp.csr", "-CA", "root.pem", "-CAkey", "root.key", "-CAcreateserial",
            "-days", "30", "-extfile", "extensions", "-out", "stamp.pem",
        )  # fmt: skip
        (folder / "config").write_text(CONFIG.format(folder=folder), encoding="utf-8")

    def answer(self, question: bytes) -> bytes:
        """What the authority says to a question of RFC 3161."""
        (self.folder / "question").write_bytes(question)
        self._run(
            "ts", "-reply", "-config", "config", "-section", "stamps", "-queryfile", "question", "-signer", "stamp.pem",
            "-inkey", "stamp.key", "-chain", "root.pem", "-out", "answer",
        )  # fmt: skip
        return (self.folder / "answer").read_bytes()

    def checks(self, note: Path, stamp: Path) -> bool:
        """Whether OpenSSL accepts a stamp over a text."""
        done = subprocess.run(
            ["openssl", "ts", "-verify", "-data", note, "-in", stamp, "-CAfile", self.root],
            capture_output=True, check=False,
        )  # fmt: skip
        return done.returncode == 0

    def _run(self, *words: str) -> None:
        done = subprocess.run(
            ["openssl", *words], cwd=self.folder, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr


@contextmanager
def answering(answer: Answer) -> Iterator[str]:
    """The address of a server on loopback that says `answer(question)`: a status and what goes with it."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            assert self.headers["Content-Type"] == "application/timestamp-query"
            status, said = answer(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(status)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()
