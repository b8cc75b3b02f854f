"""Production: PostgreSQL, Redis, HTTPS. A missing or refused variable is named in one sentence."""

from urllib.parse import parse_qs, unquote

from django.core.exceptions import ImproperlyConfigured

from .base import *  # noqa: F403  settings modules build on each other by name
from .base import (
    CELERY_BEAT_SCHEDULE,  # noqa: F401  read by Celery
    CONTENT_SECURITY_POLICY,
    CONTENT_SECURITY_POLICY_CMS,
    LIMITS_CACHE,
    REDIS_BROKER_OPTIONS,
    STORAGES,
    env,
)


def _required(name: str, purpose: str) -> str:
    value = env.str(name, default="").strip()
    if not value:
        raise ImproperlyConfigured(f"Set the environment variable {name}: {purpose}.")
    return value


if env.bool("DEBUG", default=False):
    raise ImproperlyConfigured("Unset the environment variable DEBUG: it is refused in production.")

SECRET_KEY = _required("SECRET_KEY", "at least 50 random characters that nobody else knows")
if len(SECRET_KEY) < 50 or len(set(SECRET_KEY)) < 5 or SECRET_KEY.startswith(("django-insecure", "only-for-tests")):
    raise ImproperlyConfigured("SECRET_KEY is refused: it must be at least 50 random characters, not a default.")

_database_url = _required("DATABASE_URL", "the address of the PostgreSQL database, postgres://user:password@host/name")
if not _database_url.startswith(("postgres://", "postgresql://")):
    raise ImproperlyConfigured("DATABASE_URL is refused: production needs PostgreSQL, SQLite is for one desk only.")
DATABASES = {"default": env.db_url("DATABASE_URL")}
DATABASES["default"]["CONN_MAX_AGE"] = env.int("CONN_MAX_AGE", default=60)
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True

REDIS_URL = _required("REDIS_URL", "the address of Redis, redis://host:6379/0")
if not REDIS_URL.startswith(("redis://", "rediss://", "unix://")):
    raise ImproperlyConfigured("REDIS_URL is refused: expected redis://, rediss:// or unix://.")
CELERY_BROKER_URL = REDIS_URL
CELERY_BROKER_TRANSPORT_OPTIONS = REDIS_BROKER_OPTIONS
CACHES = {
    "default": {
        "BACKEND": "config.caches.TolerantCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "platform",
        "OPTIONS": {"SOCKET_CONNECT_TIMEOUT": 1, "SOCKET_TIMEOUT": 2},
    },
    "limits": LIMITS_CACHE,
}

ALLOWED_HOSTS = [host.strip() for host in _required("ALLOWED_HOSTS", "the host names served, by commas").split(",")]
if "*" in ALLOWED_HOSTS:
    raise ImproperlyConfigured("ALLOWED_HOSTS is refused: name the hosts, '*' is not allowed.")
SITE_URL = _required("SITE_URL", "the public address, https://…").rstrip("/")
if not SITE_URL.startswith("https://"):
    raise ImproperlyConfigured("SITE_URL is refused: production is served over https://.")
WAGTAILADMIN_BASE_URL = SITE_URL
CSRF_TRUSTED_ORIGINS = [SITE_URL]

SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=True)
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = 60 * 60 * 24 * 365
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
SESSION_COOKIE_NAME = "__Host-session"
CSRF_COOKIE_NAME = "__Host-csrf"
# Rate limits count by the client's address: the proxies in front of us append it to X-Forwarded-For.
TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", default=1)
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXY_COUNT
RATELIMIT_IP_META_KEY = "config.client_address.client_address"

STAFF_SECOND_FACTOR_REQUIRED = True
# Wagtail shows the preview of a page in a frame of our own site: SAMEORIGIN, not DENY
# our cache is django-redis, which django-ratelimit does not know by our name
SILENCED_SYSTEM_CHECKS = ["security.W019", "django_ratelimit.W001"]

if env.str("EMAIL_URL", default=""):
    _mail = env.email_url("EMAIL_URL")
    DELIVERY_EMAIL_BACKEND = _mail.pop("EMAIL_BACKEND")
    vars().update(_mail)
    EMAIL_CONFIGURED = True
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="no-reply@" + ALLOWED_HOSTS[0].lstrip("."))
SERVER_EMAIL = DEFAULT_FROM_EMAIL

# s3://key:secret@host/bucket?region=…  (any S3-compatible store); without it files lie in VAR_DIR/media
if env.str("STORAGE_URL", default=""):
    _storage = env.url("STORAGE_URL")
    if _storage.scheme != "s3" or not _storage.path.strip("/"):
        raise ImproperlyConfigured("STORAGE_URL is refused: expected s3://key:secret@host/bucket.")
    _storage_origin = f"https://{_storage.hostname}" + (f":{_storage.port}" if _storage.port else "")
    STORAGES["default"] = {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "access_key": unquote(_storage.username or ""),
            "secret_key": unquote(_storage.password or ""),
            "bucket_name": _storage.path.strip("/"),
            "endpoint_url": _storage_origin,
            "region_name": parse_qs(_storage.query).get("region", [None])[0],
            "addressing_style": "path",
            "signature_version": "s3v4",
            "default_acl": "private",
            "querystring_auth": True,
            "querystring_expire": 300,
            "file_overwrite": False,
        },
    }
    # pictures and video are shown from the store's short-lived addresses
    for _sources in (
        CONTENT_SECURITY_POLICY["DIRECTIVES"]["img-src"],
        CONTENT_SECURITY_POLICY["DIRECTIVES"]["media-src"],
        CONTENT_SECURITY_POLICY_CMS["img-src"],
    ):
        _sources.append(_storage_origin)
