"""The mail server an installation names: what Django is told, what is refused in one line, and a letter that arrives by it."""

from __future__ import annotations

import base64
import os
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from bailiwick.desk.mail import PRINTED, SMTP, read_mail

HOST = {"BAILIWICK_EMAIL_HOST": "mail.example.org", "BAILIWICK_EMAIL_FROM": "Desk <desk@example.org>"}


def test_without_a_mail_server_letters_are_printed() -> None:
    assert read_mail({}) == {"EMAIL_BACKEND": PRINTED, "DEFAULT_FROM_EMAIL": "bailiwick@localhost"}
    other = read_mail({"BAILIWICK_EMAIL_BACKEND": "a.Backend", "BAILIWICK_EMAIL_FROM": "a@b.example"})
    assert other == {"EMAIL_BACKEND": "a.Backend", "DEFAULT_FROM_EMAIL": "a@b.example"}


@pytest.mark.parametrize(
    ("more", "port", "starttls", "tls"),
    [
        ({}, 587, True, False),
        ({"BAILIWICK_EMAIL_TLS": "tls"}, 465, False, True),
        ({"BAILIWICK_EMAIL_TLS": "tls", "BAILIWICK_EMAIL_PORT": "8465"}, 8465, False, True),
        ({"BAILIWICK_EMAIL_TLS": "none", "BAILIWICK_EMAIL_HOST": "localhost"}, 25, False, False),
        ({"BAILIWICK_EMAIL_TLS": "none", "BAILIWICK_EMAIL_HOST": "::1"}, 25, False, False),
    ],
)
def test_a_mail_server_and_how_it_is_reached(
    more: dict[str, str], port: int, starttls: bool, tls: bool
) -> None:
    found = read_mail(HOST | more)
    assert found["EMAIL_BACKEND"] == SMTP
    assert found["EMAIL_HOST"] == (HOST | more)["BAILIWICK_EMAIL_HOST"]
    assert (found["EMAIL_PORT"], found["EMAIL_USE_TLS"], found["EMAIL_USE_SSL"]) == (port, starttls, tls)


def test_the_password_comes_from_its_variable_or_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "password"
    file.write_text("sesame\n", encoding="utf-8")
    user = HOST | {"BAILIWICK_EMAIL_USER": "desk"}
    for more in ({"BAILIWICK_EMAIL_PASSWORD": "sesame"}, {"BAILIWICK_EMAIL_PASSWORD_FILE": str(file)}):
        found = read_mail(user | more)
        assert (found["EMAIL_HOST_USER"], found["EMAIL_HOST_PASSWORD"]) == ("desk", "sesame")


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"BAILIWICK_EMAIL_PORT": "25"}, "BAILIWICK_EMAIL_HOST: expected the mail server"),
        ({"BAILIWICK_EMAIL_HOST": "mail.example.org"}, "BAILIWICK_EMAIL_FROM: expected the sender"),
        ({"BAILIWICK_EMAIL_FROM": "desk"}, "BAILIWICK_EMAIL_FROM: expected an address"),
        (HOST | {"BAILIWICK_EMAIL_HOST": "mail.example.org:25"}, "the name of a mail server alone"),
        (HOST | {"BAILIWICK_EMAIL_HOST": "smtp://mail.example.org"}, "the name of a mail server alone"),
        (HOST | {"BAILIWICK_EMAIL_PORT": "smtp"}, "from 1 to 65535, found 'smtp'"),
        (HOST | {"BAILIWICK_EMAIL_PORT": "70000"}, "from 1 to 65535, found '70000'"),
        (HOST | {"BAILIWICK_EMAIL_TLS": "yes"}, "expected starttls, tls or none, found 'yes'"),
        (HOST | {"BAILIWICK_EMAIL_TLS": "none"}, "mail.example.org is another machine"),
        (HOST | {"BAILIWICK_EMAIL_USER": "desk"}, "BAILIWICK_EMAIL_PASSWORD: expected it"),
        (HOST | {"BAILIWICK_EMAIL_PASSWORD": "sesame"}, "BAILIWICK_EMAIL_USER: expected one"),
        (HOST | {"BAILIWICK_EMAIL_PASSWORD_FILE": "/nowhere"}, "found /nowhere: No such file"),
        (HOST | {"BAILIWICK_EMAIL_PASSWORD_FILE": os.devnull}, "found an empty one"),
        (HOST | {"BAILIWICK_EMAIL_PASSWORD_FILE": "x", "BAILIWICK_EMAIL_PASSWORD": "sesame"}, "found both"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_said_with_the_name_of_the_setting(given: dict[str, str], says: str) -> None:
    with pytest.raises(ValueError, match=r"^BAILIWICK_EMAIL_") as complaint:
        read_mail(given)
    assert says in str(complaint.value)
    assert "sesame" not in str(complaint.value)


def test_a_letter_is_handed_to_the_server_of_the_settings_under_its_user(tmp_path: Path) -> None:
    heard: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=_answer, args=(server, heard))
        thread.start()
        (tmp_path / "password").write_text("sesame", encoding="utf-8")
        environment = os.environ | {
            "BAILIWICK_EMAIL_BACKEND": "",
            "BAILIWICK_EMAIL_HOST": "127.0.0.1",
            "BAILIWICK_EMAIL_PORT": str(server.getsockname()[1]),
            "BAILIWICK_EMAIL_TLS": "none",
            "BAILIWICK_EMAIL_FROM": "desk@example.org",
            "BAILIWICK_EMAIL_USER": "desk",
            "BAILIWICK_EMAIL_PASSWORD_FILE": str(tmp_path / "password"),
        }
        program = (
            "import django; django.setup()\n"
            "from django.core.mail import EmailMessage\n"
            "EmailMessage('Due', 'Soon.', None, ['watch@example.org']).send()"
        )
        subprocess.run([sys.executable, "-c", program], env=environment, check=True, timeout=60)
        thread.join(20)
    said = b"".join(heard)
    assert base64.b64encode(b"\0desk\0sesame") in said
    assert b"From: desk@example.org" in said
    assert b"Soon." in said


def _answer(server: socket.socket, heard: list[bytes]) -> None:
    """One conversation of SMTP, taken word for word."""
    wire, _ = server.accept()
    with wire, wire.makefile("rb") as lines:
        wire.sendall(b"220 mail.example.org\r\n")
        data = False
        for line in lines:
            heard.append(line)
            word = line[:4].upper().strip()
            if data:
                if line == b".\r\n":
                    data = False
                    wire.sendall(b"250 taken\r\n")
            elif word == b"EHLO":
                wire.sendall(b"250-mail.example.org\r\n250 AUTH PLAIN\r\n")
            elif word == b"AUTH":
                wire.sendall(b"235 welcome\r\n")
            elif word == b"DATA":
                data = True
                wire.sendall(b"354 go on\r\n")
            elif word == b"QUIT":
                wire.sendall(b"221 bye\r\n")
                return
            else:
                wire.sendall(b"250 well\r\n")
