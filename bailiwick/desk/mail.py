"""The mail server that letters are handed to, as an installation names it in the environment: docs/reference/settings.md."""

from __future__ import annotations

from collections.abc import Mapping
from email.utils import parseaddr
from ipaddress import ip_address
from pathlib import Path
from typing import Any

#: How the connection is kept secret -> the port that is usual for it.
PORTS = {"starttls": 587, "tls": 465, "none": 25}
SMTP = "django.core.mail.backends.smtp.EmailBackend"
PRINTED = "django.core.mail.backends.console.EmailBackend"
#: Without a server these say nothing.
_OF_A_SERVER = (
    "BAILIWICK_EMAIL_PORT",
    "BAILIWICK_EMAIL_TLS",
    "BAILIWICK_EMAIL_USER",
    "BAILIWICK_EMAIL_PASSWORD",
    "BAILIWICK_EMAIL_PASSWORD_FILE",
)


def read_mail(environment: Mapping[str, str]) -> dict[str, Any]:
    """Django's settings of e-mail. Without `BAILIWICK_EMAIL_HOST` letters are printed.

    Raises:
        ValueError: `NAME: expected …, found …`, for what cannot be.
    """
    given = {name: value for name, value in environment.items() if value.strip()}
    host, sender = given.get("BAILIWICK_EMAIL_HOST", "").strip(), given.get("BAILIWICK_EMAIL_FROM", "")
    if sender and "@" not in parseaddr(sender)[1]:
        raise ValueError(
            f"BAILIWICK_EMAIL_FROM: expected an address as desk@example-county.gov, found '{sender}'"
        )
    if not host:
        alone = next((name for name in _OF_A_SERVER if name in given), None)
        if alone:
            raise ValueError(
                f"BAILIWICK_EMAIL_HOST: expected the mail server, because {alone} is set; found nothing"
            )
        return {
            "EMAIL_BACKEND": given.get("BAILIWICK_EMAIL_BACKEND", PRINTED),
            "DEFAULT_FROM_EMAIL": sender or "bailiwick@localhost",
        }
    if not sender:
        raise ValueError(
            "BAILIWICK_EMAIL_FROM: expected the sender of letters, because BAILIWICK_EMAIL_HOST is set; found nothing"
        )
    if any(sign in host for sign in " /:@") and not _is_address(host):
        raise ValueError(
            f"BAILIWICK_EMAIL_HOST: expected the name of a mail server alone, as mail.example-county.gov, found '{host}'"
        )
    tls = given.get("BAILIWICK_EMAIL_TLS", "starttls")
    if tls not in PORTS:
        raise ValueError(f"BAILIWICK_EMAIL_TLS: expected starttls, tls or none, found '{tls}'")
    if tls == "none" and not _loopback(host):
        raise ValueError(
            f"BAILIWICK_EMAIL_TLS: expected starttls or tls, because {host} is another machine; found none"
        )
    user, password = given.get("BAILIWICK_EMAIL_USER", ""), _password(given)
    if user and not password:
        raise ValueError(
            "BAILIWICK_EMAIL_PASSWORD: expected it (or BAILIWICK_EMAIL_PASSWORD_FILE), because BAILIWICK_EMAIL_USER is set; "
            "found nothing"
        )
    if password and not user:
        raise ValueError("BAILIWICK_EMAIL_USER: expected one, because a password is set; found nothing")
    return {
        "EMAIL_BACKEND": given.get("BAILIWICK_EMAIL_BACKEND", SMTP),
        "DEFAULT_FROM_EMAIL": sender,
        "EMAIL_HOST": host,
        "EMAIL_PORT": _port(given.get("BAILIWICK_EMAIL_PORT"), PORTS[tls]),
        "EMAIL_HOST_USER": user,
        "EMAIL_HOST_PASSWORD": password,
        "EMAIL_USE_TLS": tls == "starttls",
        "EMAIL_USE_SSL": tls == "tls",
    }


def _port(given: str | None, usual: int) -> int:
    if given is None:
        return usual
    if not given.isascii() or not given.isdigit() or not 1 <= int(given) <= 65535:
        raise ValueError(f"BAILIWICK_EMAIL_PORT: expected a whole number from 1 to 65535, found '{given}'")
    return int(given)


def _password(given: Mapping[str, str]) -> str:
    """The password, from its variable or the file that holds it. What it is stands in no message."""
    file = given.get("BAILIWICK_EMAIL_PASSWORD_FILE")
    if file is None:
        return given.get("BAILIWICK_EMAIL_PASSWORD", "")
    if "BAILIWICK_EMAIL_PASSWORD" in given:
        raise ValueError("BAILIWICK_EMAIL_PASSWORD_FILE: expected it or BAILIWICK_EMAIL_PASSWORD, found both")
    try:
        found = Path(file).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "no text"
        raise ValueError(
            f"BAILIWICK_EMAIL_PASSWORD_FILE: expected a file with the password, found {file}: {why}"
        ) from None
    if not found:
        raise ValueError(
            f"BAILIWICK_EMAIL_PASSWORD_FILE: expected a file with the password, found an empty one: {file}"
        )
    return found


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _loopback(host: str) -> bool:
    return host == "localhost" or (_is_address(host) and ip_address(host).is_loopback)
