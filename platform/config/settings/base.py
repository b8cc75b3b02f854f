"""What every installation shares. What differs is in dev.py, test.py and production.py."""

from datetime import time
from pathlib import Path
from urllib.parse import urlsplit

import environ
from celery.schedules import crontab
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

env = environ.Env()

BASE_DIR = Path(__file__).resolve().parents[3]
VAR_DIR = Path(env.str("VAR_DIR", default=str(BASE_DIR / "var")))

DEBUG = False
DEMONSTRATION_ALLOWED = False  # invented people and sign-ins may be laid: for a first look and the tests alone
ALLOWED_HOSTS: list[str] = []
SITE_URL = "http://localhost:8000"
SITE_NAME = "陽光採購學苑"
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    # ours, from the ground up; upper ones may import lower ones, never the reverse
    "common",
    "accounts",
    "notifications",
    "reports",
    "website",
    "library",
    "qualifications",
    "faculty",
    "casestudies",
    "consultations",
    "courses.catalogue",
    "courses.enrolment",
    "courses.attendance",
    "courses.assessment",
    "courses.learning",
    "certificates",
    "demo",
    "config.apps.ConfigConfig",
    # Wagtail
    "wagtail.contrib.forms",
    "wagtail.contrib.redirects",
    "wagtail.contrib.settings",
    "wagtail.contrib.simple_translation",
    "wagtail.contrib.typed_table_block",
    "wagtail.embeds",
    "wagtail.sites",
    "accounts.wagtail_users.BackOfficeUsersConfig",  # wagtail.users, with our accounts and roles in it
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.locales",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    # sign-in
    "allauth",
    "allauth.account",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.mfa",
    # front office
    "django_htmx",
    "csp",
    # Django
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "django.forms",  # the widgets' own templates, which our form renderer finds as templates of an app
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "config.middleware.HealthMiddleware",
    "config.middleware.ContentSecurityPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "website.middleware.StorableValuesMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "website.middleware.BodySizeMiddleware",
    "website.middleware.PrivatePagesMiddleware",
    "website.middleware.SignInMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "website.middleware.RefusalMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "accounts.middleware.StaffGateMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "website.context_processors.site",
            ],
        },
    },
]
FORM_RENDERER = "website.forms.Renderer"

# --- language and time -------------------------------------------------------------------------

LANGUAGE_CODE = "zh-hant"
LANGUAGES = [("zh-hant", "繁體中文"), ("en", "English")]
WAGTAIL_CONTENT_LANGUAGES = LANGUAGES
WAGTAIL_I18N_ENABLED = True
WAGTAILSIMPLETRANSLATION_SYNC_PAGE_TREE = True
LOCALE_PATHS = sorted(path for path in (BASE_DIR / "locale").glob("*") if path.is_dir())
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Taipei"

# --- people ------------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "website:start"
LOGOUT_REDIRECT_URL = "/"

ACCOUNT_ADAPTER = "notifications.adapters.OutboxAccountAdapter"  # its mails go through the outbox
SOCIALACCOUNT_ADAPTER = "accounts.adapters.SocialAccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
# five wrong passwords shut the account for 15 minutes, whatever the address (資通系統防護基準, 帳戶鎖定機制)
ACCOUNT_RATE_LIMITS: dict[str, str] | bool = {"login_failed": "10/m/ip,5/15m/key", "reauthenticate": "5/15m/user"}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_UNIQUE_EMAIL = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SIGNUP_FORM_CLASS = "accounts.forms.SignupForm"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
ACCOUNT_CONFIRM_EMAIL_ON_GET = False
ACCOUNT_LOGIN_ON_EMAIL_CONFIRMATION = True  # only in the browser that signed up
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_EMAIL_NOTIFICATIONS = True
SOCIALACCOUNT_PROVIDERS: dict[str, object] = {}
SOCIALACCOUNT_ONLY_KNOWN_EMAILS = True
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = SITE_NAME
MFA_FORMS = {"add_webauthn": "accounts.passkeys.AddPasskeyForm", "edit_webauthn": "accounts.passkeys.RenameKeyForm"}
STAFF_SECOND_FACTOR_REQUIRED = True

# The city's single sign-on: on when the three variables are set.
OIDC_ORIGINS: list[str] = []
if env.str("OIDC_SERVER_URL", default=""):
    SOCIALACCOUNT_PROVIDERS = {
        "openid_connect": {
            "OAUTH_PKCE_ENABLED": True,
            "APPS": [
                {
                    "provider_id": "city",
                    "name": env.str("OIDC_NAME", default="臺中市政府單一簽入"),
                    "client_id": env.str("OIDC_CLIENT_ID"),
                    "secret": env.str("OIDC_CLIENT_SECRET"),
                    "settings": {"server_url": env.str("OIDC_SERVER_URL")},
                }
            ],
        }
    }
    OIDC_ORIGINS = ["{0.scheme}://{0.netloc}".format(urlsplit(env.str("OIDC_SERVER_URL")))]

# --- security ----------------------------------------------------------------------------------

X_FRAME_OPTIONS = "SAMEORIGIN"  # Wagtail's preview shows our pages in a frame of our own site
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 60 * 60 * 8
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_NAME = "csrf"  # production names it otherwise: nothing may rely on a name but this setting
CSRF_FAILURE_VIEW = "website.views.csrf_failure"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "media-src": [SELF],
        "img-src": [SELF, "data:"],  # allauth shows the QR code of TOTP as a data URI
        # the button of single sign-on posts to us, and we redirect to the provider
        "form-action": [SELF, *OIDC_ORIGINS],
        "manifest-src": [SELF],
        "frame-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "frame-ancestors": [SELF],
    }
}
# Wagtail's admin emits inline scripts and has no nonces: the least that leaves every panel working.
CONTENT_SECURITY_POLICY_CMS = {
    "script-src-elem": [SELF, "'unsafe-inline'"],
    "script-src-attr": [NONE],
    "style-src": [SELF, "'unsafe-inline'"],
    "img-src": [SELF, "data:", "blob:"],
}

# --- Wagtail -----------------------------------------------------------------------------------

WAGTAIL_SITE_NAME = SITE_NAME
WAGTAILADMIN_BASE_URL = SITE_URL
WAGTAILADMIN_LOGIN_URL = "account_login"
WAGTAIL_FRONTEND_LOGIN_URL = "account_login"
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAIL_USER_TIME_ZONES = [TIME_ZONE]
WAGTAIL_PASSWORD_MANAGEMENT_ENABLED = False
WAGTAIL_EMAIL_MANAGEMENT_ENABLED = False
WAGTAIL_PASSWORD_RESET_ENABLED = False
WAGTAILADMIN_PERMITTED_LANGUAGES = LANGUAGES
WAGTAILIMAGES_IMAGE_MODEL = "website.SiteImage"
WAGTAILDOCS_DOCUMENT_MODEL = "website.SiteDocument"
WAGTAILDOCS_SERVE_METHOD = "serve_view"
WAGTAILDOCS_DOCUMENT_FORM_BASE = "website.uploads.DocumentForm"
WAGTAILEMBEDS_FINDERS: list[dict[str, object]] = []  # no third-party requests
WAGTAILSEARCH_BACKENDS = {
    "default": {"BACKEND": "website.search_backend"},
}
WAGTAILIMAGES_EXTENSIONS = ["avif", "gif", "jpg", "jpeg", "png", "webp"]
WAGTAILDOCS_EXTENSIONS = [
    "csv", "docx", "html", "jpg", "jpeg", "mp3", "mp4", "odp", "ods", "odt", "pdf", "png",
    "pptx", "srt", "svg", "txt", "vtt", "webm", "xlsx", "zip",
]  # fmt: skip
TAGGIT_CASE_INSENSITIVE = True

# --- files -------------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
# Nothing under MEDIA_ROOT is served by address: every file goes through a view that checks permission.
MEDIA_ROOT = VAR_DIR / "media"
MEDIA_URL = "/no-open-media/"
STORAGES: dict[str, dict[str, object]] = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000

# Bodies of requests, in bytes: more is refused before it is read. Files have limits of their own beneath these
# (common.file_types), and the proxy in front may set lower ones.
BODY_LIMITS = {"anonymous": 1024 * 1024, "signed_in": 10 * 1024 * 1024, "uploading": 600 * 1024 * 1024}

# --- work in the background --------------------------------------------------------------------

CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TIMEZONE = TIME_ZONE
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True
# Redis as a broker: a request does not wait for one that is away. What is to be done lies in a row, and the sweep
# sends it later.
REDIS_BROKER_OPTIONS = {
    "visibility_timeout": 60 * 60, "socket_connect_timeout": 2,
    "max_retries": 1, "interval_start": 0, "interval_step": 0.1, "interval_max": 0.1,
}  # fmt: skip
CELERY_TASK_PUBLISH_RETRY = False
CELERY_BEAT_SCHEDULE = {
    "notifications.sweep_outbox": {"task": "notifications.sweep_outbox", "schedule": 60.0},
    "website.publish_scheduled": {"task": "website.publish_scheduled", "schedule": 30.0},
    "enrolment.promote_all_waiting": {"task": "enrolment.promote_all_waiting", "schedule": 300.0},
    "certificates.sweep_batches": {"task": "certificates.sweep_batches", "schedule": 120.0},
    "certificates.examine_all": {"task": "certificates.examine_all", "schedule": crontab(hour="3", minute="30")},
    "consultations.sweep_terms": {"task": "consultations.sweep_terms", "schedule": 21600.0},
    "library.announce_versions": {"task": "library.announce_versions", "schedule": 900.0},
    # hourly in the morning: the second run does what a lost first one left
    "consultations.remind_promises": {
        "task": "consultations.remind_promises",
        "schedule": crontab(hour="8-11", minute="5"),
    },
    "consultations.remind_shifts": {
        "task": "consultations.remind_shifts",
        "schedule": crontab(hour="8-11", minute="10"),
    },
    "consultations.sweep_imports": {"task": "consultations.sweep_imports", "schedule": 120.0},
    "consultations.sweep_answer_mails": {"task": "consultations.sweep_answer_mails", "schedule": 600.0},
    "consultations.discard_empty_drafts": {"task": "consultations.discard_empty_drafts", "schedule": 3600.0},
    # hourly in the morning: the second run does what a lost first one left
    "casestudies.remind_decisions": {
        "task": "casestudies.remind_decisions",
        "schedule": crontab(hour="8-11", minute="20"),
    },
    "casestudies.sweep_imports": {"task": "casestudies.sweep_imports", "schedule": 120.0},
    "config.heartbeat": {"task": "config.heartbeat", "schedule": 20.0},
}

# --- mail --------------------------------------------------------------------------------------

# What Django and Wagtail send becomes rows of the outbox too; its worker talks to the mail server.
EMAIL_BACKEND = "notifications.backends.OutboxBackend"
DELIVERY_EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
EMAIL_CONFIGURED = False
PRINT_MAIL_LINKS = False
DEFAULT_FROM_EMAIL = "陽光採購學苑 <no-reply@localhost>"

# --- rate limits (django-ratelimit): attempts per period and key -------------------------------

# counts of attempts while Redis is away (config.caches); the table is made by a migration
LIMITS_CACHE = {
    "BACKEND": "django.core.cache.backends.db.DatabaseCache",
    "LOCATION": "limit_counts",
    "TIMEOUT": 60 * 60,
    "OPTIONS": {"MAX_ENTRIES": 100_000},
}
RATELIMIT_VIEW = "website.views.too_many_requests"
TRUSTED_PROXY_COUNT = 0
RATE_LIMITS = {
    "verify": "60/m", "search": "120/m", "enrol": "30/m", "ask": "20/h", "vote": "30/m", "subscribe": "30/m",
    "checklist": "30/m",  # documents made of what was filled, for anybody
}  # fmt: skip

# --- log: to standard error, without personal data ---------------------------------------------

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    # any scanner sends foreign host names: they are answered with 400, and no news
    "loggers": {"django.security.DisallowedHost": {"level": "CRITICAL"}},
}

PHONE_NUMBER = "04-22177399"
# when the hotline is answered on working days, by half day (consultations.enums.ShiftPart)
HOTLINE_HOURS = {"morning": (time(8), time(12)), "afternoon": (time(13), time(17))}
# within how many working days a question asked by form is answered; the asker is told, the officer reminded
HOTLINE_ANSWER_WORKING_DAYS = 3
# how the achievement of a figure is reckoned of which less is better (reports.kpi.LowerIsBetterFormula):
# target_over_actual or two_minus_quotient; the city has published no miss that would tell
KPI_LOWER_IS_BETTER_FORMULA = env.str("KPI_LOWER_IS_BETTER_FORMULA", default="target_over_actual")
# units (機關代碼) of the open tender data that are the city's: 3.87 and everything under it, such as 3.87.14, its
# health bureau (as the data of the open tender API print them)
CITY_UNIT_IDS = ("3.87",)
ORGANISATION = _("Secretariat, Taichung City Government")
