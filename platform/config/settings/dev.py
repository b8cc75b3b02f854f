"""The embedded default: one desk, a first look. SQLite, Celery over files, no server to install."""

import secrets

from .base import *  # noqa: F403  settings modules build on each other by name
from .base import BASE_DIR, LIMITS_CACHE, VAR_DIR, env

DEBUG = env.bool("DEBUG", default=False)
PORT = env.int("PORT", default=8000)
SITE_URL = env.str("SITE_URL", default=f"http://localhost:{PORT}")
WAGTAILADMIN_BASE_URL = SITE_URL
DEMONSTRATION_ALLOWED = True
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])

VAR_DIR.mkdir(parents=True, exist_ok=True)


def _kept_secret() -> str:
    """Return this installation's own secret key, made at random on the first start."""
    path = VAR_DIR / "secret-key"
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(50))
    return path.read_text().strip()


SECRET_KEY = env.str("SECRET_KEY", default="") or _kept_secret()

if env.str("DATABASE_URL", default=""):
    DATABASES = {"default": env.db("DATABASE_URL")}
else:
    DATABASES = {
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": VAR_DIR / "platform.sqlite3",
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
            },
        }
    }
WAGTAIL_AUTOSAVE_INTERVAL = 5000  # ms; SQLite has one writer

CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
        "LOCATION": VAR_DIR / "cache",
    },
    "limits": LIMITS_CACHE,
}
# Its counters are not atomic between processes: good enough for one desk, never for production.
SILENCED_SYSTEM_CHECKS = ["django_ratelimit.E003", "django_ratelimit.W001"]

if env.str("REDIS_URL", default=""):
    CELERY_BROKER_URL = env.str("REDIS_URL")
else:
    from config.file_broker import SCHEME

    CELERY_BROKER_URL = f"{SCHEME}://localhost/"
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(VAR_DIR / "broker" / "messages"),
        "data_folder_out": str(VAR_DIR / "broker" / "messages"),
        "control_folder": str(VAR_DIR / "broker" / "control"),
        "processed_folder": str(VAR_DIR / "broker" / "processed"),
        "store_processed": False,
        "polling_interval": 0.1,
    }
    CELERY_WORKER_PREFETCH_MULTIPLIER = 4
    for _folder in ("messages", "control", "processed"):
        (VAR_DIR / "broker" / _folder).mkdir(parents=True, exist_ok=True)

STAFF_SECOND_FACTOR_REQUIRED = False
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True  # passkeys on http://localhost

if env.str("EMAIL_URL", default=""):
    _mail = env.email("EMAIL_URL")
    DELIVERY_EMAIL_BACKEND = _mail.pop("EMAIL_BACKEND")
    vars().update(_mail)
    EMAIL_CONFIGURED = True
else:
    EMAIL_CONFIGURED = False
    PRINT_MAIL_LINKS = True
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="陽光採購學苑 <no-reply@localhost>")

if DEBUG:
    STORAGES = {
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }

DEMO_DIR = BASE_DIR / "platform" / "demo"
