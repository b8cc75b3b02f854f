"""Settings of the tests: as production where behaviour matters, quick where only time does."""

import tempfile
from pathlib import Path

from .base import *  # noqa: F403  settings modules build on each other by name
from .base import LIMITS_CACHE, env

DEBUG = False
SECRET_KEY = "only-for-tests-" + "x" * 50
DEMONSTRATION_ALLOWED = True
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "testserver"]
SITE_URL = "http://localhost:8000"
WAGTAILADMIN_BASE_URL = SITE_URL

_work = Path(env.str("TEST_WORK_DIR", default="") or tempfile.mkdtemp(prefix="platform-tests-"))

if env.str("TEST_DATABASE_URL", default=""):
    DATABASES = {"default": env.db("TEST_DATABASE_URL")}
else:
    DATABASES = {
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": _work / "main.sqlite3",
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF;",
            },
            # a file, not memory: the browser tests' server answers requests in parallel
            "TEST": {"NAME": str(_work / "test.sqlite3")},
        }
    }

CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
    "limits": LIMITS_CACHE,
}
SILENCED_SYSTEM_CHECKS = ["django_ratelimit.E003", "django_ratelimit.W001"]
RATELIMIT_ENABLE = False
ACCOUNT_RATE_LIMITS = False

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
MEDIA_ROOT = _work / "media"
STATIC_ROOT = _work / "static"
STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # WhiteNoise warns where it is absent, and warnings are errors

CELERY_BROKER_URL = env.str("TEST_BROKER_URL", default="memory://")
DELIVERY_EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
EMAIL_CONFIGURED = True
STAFF_SECOND_FACTOR_REQUIRED = False
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True
