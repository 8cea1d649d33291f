"""Settings of the Django project. What an installation changes comes from the environment: docs/reference/settings.md."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from csp.constants import NONCE, NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from bailiwick.desk.guard.limits import read_limits
from bailiwick.desk.mail import read_mail

HERE = Path(__file__).resolve().parent


def _database(url: str) -> dict[str, Any]:
    """Django's words for a `postgresql://user:password@host:port/name?option=value` address. Only PostgreSQL is served."""
    parts = urlsplit(url)
    if parts.scheme not in ("postgres", "postgresql"):
        raise ImproperlyConfigured(
            f"DATABASE_URL: expected postgresql://…, found {parts.scheme or 'nothing'}://…; Bailiwick stores in PostgreSQL only"
        )
    options: dict[str, Any] = dict(parse_qsl(parts.query))
    host = options.pop("host", None) or unquote(parts.hostname or "")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": options,
    }


def _list(name: str, default: str) -> list[str]:
    return [word for word in os.environ.get(name, default).split(",") if word]


def _read(reader: Callable[[Any], dict[str, Any]], given: Any) -> dict[str, Any]:
    """What a reader of settings finds. Its one line of complaint is Django's too."""
    try:
        return reader(given)
    except ValueError as error:
        raise ImproperlyConfigured(str(error)) from None


def _bytes(name: str, usual: int) -> int:
    given = os.environ.get(name) or str(usual)
    if not given.isascii() or not given.isdigit() or int(given) < 1:
        raise ImproperlyConfigured(f"{name}: expected a whole number of bytes, found '{given}'")
    return int(given)


def _identity_provider() -> dict[str, Any]:
    """allauth's words for the OpenID Connect provider of BAILIWICK_OIDC_SERVER; empty where none is named."""
    server = os.environ.get("BAILIWICK_OIDC_SERVER", "")
    if not server:
        return {}
    missing = [n for n in ("BAILIWICK_OIDC_CLIENT", "BAILIWICK_OIDC_SECRET") if not os.environ.get(n)]
    if missing:
        raise ImproperlyConfigured(
            f"BAILIWICK_OIDC_SERVER is set: expected {' and '.join(missing)} too, found nothing"
        )
    app = {
        "provider_id": "sso",
        "name": os.environ.get("BAILIWICK_OIDC_NAME", "OpenID Connect"),
        "client_id": os.environ["BAILIWICK_OIDC_CLIENT"],
        "secret": os.environ["BAILIWICK_OIDC_SECRET"],
        "settings": {"server_url": server},
    }
    return {"openid_connect": {"APPS": [app], "OAUTH_PKCE_ENABLED": True}}


DEMO = os.environ.get("BAILIWICK_DEMO") == "1"
DEBUG = False
SECRET_KEY = os.environ.get("BAILIWICK_SECRET_KEY", "")
ALLOWED_HOSTS = _list("BAILIWICK_HOSTS", "localhost,127.0.0.1,[::1]")
#: True behind TLS. Off only on loopback (the demo and the tests).
SECURE = os.environ.get("BAILIWICK_TLS", "1") == "1"

DATABASES = {"default": _database(os.environ["DATABASE_URL"])} if os.environ.get("DATABASE_URL") else {}
#: Without a database the public pages are served alone. (Django fills an empty DATABASES with a dummy.)
HAS_DATABASE = bool(DATABASES)

INSTALLED_APPS = [
    "bailiwick.custody",
    "bailiwick.record",
    "bailiwick.desk",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.forms",
    "csp",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "procrastinate.contrib.django",
]

MIDDLEWARE = [
    "bailiwick.desk.guard.drain.Drain",
    "bailiwick.desk.guard.headers.Headers",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "bailiwick.desk.guard.limits.Limits",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "bailiwick.desk.guard.watch.Watch",
    "allauth.account.middleware.AccountMiddleware",
]

ROOT_URLCONF = "bailiwick.desk.urls"
WSGI_APPLICATION = "bailiwick.desk.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [HERE / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "bailiwick.desk.public.context.site",
            ],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

AUTH_USER_MODEL = "custody.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 15}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_REDIRECT_URL = "/"
LOGIN_URL = "/accounts/login/"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_ADAPTER = "bailiwick.desk.accounts.adapters.Accounts"
#: Ours count instead: `bailiwick.custody.access` by account, `bailiwick.desk.guard.limits` by address.
ACCOUNT_RATE_LIMITS = False
MFA_RATE_LIMITS = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_FORMS = {"login": "bailiwick.desk.accounts.forms.LogInForm"}
MFA_ADAPTER = "bailiwick.desk.accounts.adapters.SecondFactors"
MFA_FORMS = {
    "authenticate": "bailiwick.desk.accounts.forms.Code",
    "reauthenticate": "bailiwick.desk.accounts.forms.CodeAgain",
    "activate_totp": "bailiwick.desk.accounts.forms.NewApp",
    "authenticate_webauthn": "bailiwick.desk.accounts.forms.Key",
    "add_webauthn": "bailiwick.desk.accounts.forms.NewKey",
    "edit_webauthn": "bailiwick.desk.accounts.forms.KeyName",
}
#: Addresses come from the administrator and are not verified by letter.
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not SECURE
SOCIALACCOUNT_ADAPTER = "bailiwick.desk.accounts.adapters.IdentityProvider"
#: The claim that holds the user name of an account here.
OIDC_USERNAME_CLAIM = os.environ.get("BAILIWICK_OIDC_USERNAME_CLAIM", "preferred_username")
SOCIALACCOUNT_PROVIDERS = _identity_provider()
#: What stands on the log-in page instead of our own words, a paragraph a line.
SYSTEM_USE_NOTICE = os.environ.get("BAILIWICK_NOTICE", "")
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
#: allauth keeps here which codes of an app were used: one place for all processes, or a code would open once in each.
if DATABASES:
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "cache"}}

#: Roles that must have a second factor; the demonstration asks for none.
SECOND_FACTOR_ROLES = _list(
    "BAILIWICK_SECOND_FACTOR", "" if DEMO else "clerk,supervisor,counsel,auditor,reporter,administrator"
)
#: Requests of one address; docs/reference/settings.md.
LIMITS = _read(read_limits, os.environ.get("BAILIWICK_LIMITS", ""))

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("es", "Español")]
LOCALE_PATHS = [HERE / "locale"]
USE_I18N = True
USE_TZ = True
#: Instants are UTC in the database; pages show the local time of the place with its zone.
TIME_ZONE = "UTC"

STATIC_URL = "/static/"
STATICFILES_DIRS: list[Path] = []
STATIC_ROOT = os.environ.get("BAILIWICK_STATIC_ROOT", "")
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
WHITENOISE_MAX_AGE = 3600

#: Without a database the public pages still serve a browser that kept a cookie from before.
SESSION_ENGINE = f"django.contrib.sessions.backends.{'db' if DATABASES else 'signed_cookies'}"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = 13 * 3600
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = SECURE
CSRF_COOKIE_SECURE = SECURE
#: Until the browser is closed: the concern line leaves nothing behind.
CSRF_COOKIE_AGE = None
CSRF_FAILURE_VIEW = "bailiwick.desk.public.errors.forbidden"
SECURE_SSL_REDIRECT = SECURE
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
SECURE_HSTS_SECONDS = 31_536_000 if SECURE else 0
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_PROXY_SSL_HEADER = (
    ("HTTP_X_FORWARDED_PROTO", "https") if os.environ.get("BAILIWICK_PROXY") == "1" else None
)
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

#: The store of public releases whose people the county pages follow; empty: the one that comes with the program.
EVIDENCE_STORE = os.environ.get("BAILIWICK_STORE", "")
if EVIDENCE_STORE and not (Path(EVIDENCE_STORE) / "loads").is_dir():
    raise ImproperlyConfigured(
        f"BAILIWICK_STORE: expected a store, found none in {EVIDENCE_STORE}; make one: bailiwick evidence load FILE --store DIR"
    )

#: The largest form and the largest scan, in bytes. What is larger is refused before it is stored.
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
SCAN_MAX_BYTES = _bytes("BAILIWICK_SCAN_MAX_BYTES", 20 * 1024 * 1024)
#: The largest file of a jail's own system that a page or a program may hand in, in bytes.
IMPORT_MAX_BYTES = _bytes("BAILIWICK_IMPORT_MAX_BYTES", 64 * 1024 * 1024)
FILE_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
FILE_UPLOAD_HANDLERS = [
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "bailiwick.desk.guard.incoming.Nameless",
]
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000

#: The clock of the edge, for what stands beside the pages and may not import them.
CLOCK = "bailiwick.desk.clock.now"
#: Networks that webhooks may be sent to although they are not public, as `10.1.0.0/16,10.2.0.7/32`.
WEBHOOK_NETWORKS = _list("BAILIWICK_WEBHOOK_NETWORKS", "")

#: The mail server; docs/reference/settings.md.
_MAIL = _read(read_mail, os.environ)
EMAIL_BACKEND = _MAIL["EMAIL_BACKEND"]
DEFAULT_FROM_EMAIL = _MAIL["DEFAULT_FROM_EMAIL"]
EMAIL_HOST = _MAIL.get("EMAIL_HOST", "localhost")
EMAIL_PORT = _MAIL.get("EMAIL_PORT", 25)
EMAIL_HOST_USER = _MAIL.get("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = _MAIL.get("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = _MAIL.get("EMAIL_USE_TLS", False)
EMAIL_USE_SSL = _MAIL.get("EMAIL_USE_SSL", False)
#: Seconds for each step of handing a letter to the mail server.
EMAIL_TIMEOUT = 15

PROCRASTINATE_IMPORT_PATHS = ["bailiwick.desk.jobs", "bailiwick.desk.import_jobs"] if DATABASES else []

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {
        "numbered": {"()": "bailiwick.desk.guard.headers.Numbered"},
        "seldom": {"()": "bailiwick.desk.guard.limits.Seldom"},
    },
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(request_id)s %(name)s: %(message)s"}},
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "filters": ["seldom", "numbered"],
            "formatter": "line",
            # Of the handler and not of the root: what Django's own loggers pass on is not asked for the root's level.
            "level": os.environ.get("BAILIWICK_LOG_LEVEL", "WARNING"),
        },
    },
    "root": {"handlers": ["console"], "level": os.environ.get("BAILIWICK_LOG_LEVEL", "WARNING")},
}
