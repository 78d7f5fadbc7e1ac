"""Settings of Access Desk. One module; everything that differs between machines comes from the environment.

`docs/reference/settings.md` describes each variable. A wrong or missing value is refused at start by the
system checks in `portal.checks`, with a hint.
"""

from pathlib import Path

from csp.constants import NONE, SELF

from portal import database, env, receivers

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = Path(env.text("ACCESS_DESK_VAR_DIR", str(BASE_DIR / "var")))

# The embedded default is what `make run` starts: SQLite, files for mail, the sandbox AWS, no HTTPS.
# Anything else is production, and production refuses to start until it is told its secrets and hosts.
EMBEDDED = env.flag("ACCESS_DESK_EMBEDDED")
DEBUG = False
# Django stops at an empty key before any check can say what to do; `portal.E002` refuses this one.
SECRET_KEY = env.text("ACCESS_DESK_SECRET_KEY") or "missing"
ALLOWED_HOSTS = env.words("ACCESS_DESK_HOSTS")
CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in ALLOWED_HOSTS if host not in {"localhost", "127.0.0.1"}]
SITE_URL = env.text("ACCESS_DESK_SITE_URL", "http://127.0.0.1:8000")

INSTALLED_APPS = [
    "django.contrib.admin.apps.SimpleAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "csp",
    "crispy_forms",
    "crispy_bootstrap5",
    "django_htmx",
    "troubleshoot",
]

# Headers come before the static files, so that these carry them too; the table's methods come before the
# token of forms, so that a method that no page answers is a 405 and not a form that is too old.
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "troubleshoot.web.middleware.strict_headers",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "troubleshoot.web.middleware.declared_methods",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "troubleshoot.web.middleware.declared_permission",
]
WHITENOISE_ALLOW_ALL_ORIGINS = False

ROOT_URLCONF = "portal.urls"
WSGI_APPLICATION = "portal.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "troubleshoot.web.context.site",
            ],
        },
    }
]

DATABASES = {"default": database.from_url(env.text("DATABASE_URL"), sqlite_file=VAR_DIR / "access-desk.sqlite3")}
# Shared by all web processes and nodes: it counts failed sign-ins.
CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "access_desk_cache"}}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "troubleshoot.Person"
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "home"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
PASSWORD_RESET_TIMEOUT = 24 * 60 * 60
# Reading without signing in: the topics and answers from the text alone. Nothing signed-out is stored.
READ_SIGNED_OUT = env.flag("ACCESS_DESK_READ_SIGNED_OUT", default=True)

LANGUAGE_CODE = "en-gb"
TIME_ZONE = "UTC"
USE_I18N = False
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
# Compressing takes seconds at each start, and nothing is won by it on one machine.
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"
        if EMBEDDED
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}

CRISPY_ALLOWED_TEMPLATE_PACKS = ["bootstrap5"]
CRISPY_TEMPLATE_PACK = "bootstrap5"

# Everything is refused unless named. No inline script, style or handler anywhere.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_SSL_REDIRECT = not EMBEDDED
SECURE_HSTS_SECONDS = 0 if EMBEDDED else 31_536_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = not EMBEDDED
SECURE_HSTS_PRELOAD = not EMBEDDED
BEHIND_PROXY = env.flag("ACCESS_DESK_BEHIND_PROXY")
if BEHIND_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SESSION_COOKIE_SECURE = not EMBEDDED
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 8 * 60 * 60
CSRF_FAILURE_VIEW = "troubleshoot.web.errors.form_too_old"
CSRF_COOKIE_SECURE = not EMBEDDED
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
# A paste may hold 256 KB; its form encoding up to three times as much. Larger is refused with words.
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 200

EMAIL_BACKEND = env.text(
    "ACCESS_DESK_EMAIL_BACKEND",
    "django.core.mail.backends.filebased.EmailBackend" if EMBEDDED else "django.core.mail.backends.smtp.EmailBackend",
)
EMAIL_FILE_PATH = VAR_DIR / "mail"
EMAIL_HOST = env.text("ACCESS_DESK_EMAIL_HOST", "localhost")
EMAIL_PORT = env.number("ACCESS_DESK_EMAIL_PORT", 25)
EMAIL_HOST_USER = env.text("ACCESS_DESK_EMAIL_USER")
EMAIL_HOST_PASSWORD = env.text("ACCESS_DESK_EMAIL_PASSWORD")
EMAIL_USE_TLS = env.flag("ACCESS_DESK_EMAIL_TLS")
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.text("ACCESS_DESK_EMAIL_FROM", "Access Desk <access-desk@example.com>")

# Slack and webhooks. Their addresses and secrets stand here alone: never in the database, a log or a page.
PRIVATE_RECEIVERS = env.flag("ACCESS_DESK_PRIVATE_RECEIVERS")
RECEIVERS = receivers.read(
    slack="ACCESS_DESK_SLACK_RECEIVERS",
    webhooks="ACCESS_DESK_WEBHOOK_RECEIVERS",
    private=PRIVATE_RECEIVERS,
    embedded=EMBEDDED,
)

# The audit chain. The key is nowhere in the database, so that whoever can write there cannot make the chain anew.
AUDIT_KEY = env.text("ACCESS_DESK_AUDIT_KEY")
AUDIT_OLD_KEYS = env.words("ACCESS_DESK_AUDIT_OLD_KEYS")
AUDIT_HEAD_FILE = env.text("ACCESS_DESK_AUDIT_HEAD_FILE")
AUDIT_HEAD_RECEIVER = env.text("ACCESS_DESK_AUDIT_HEAD_RECEIVER")
AUDIT_UNKEYED = env.number("ACCESS_DESK_AUDIT_UNKEYED", 0)

# AWS. Credentials come from boto3's default chain. The web process holds no writer settings.
AWS_ENDPOINT_URL = env.text("ACCESS_DESK_AWS_ENDPOINT_URL")
AWS_WRITER_ROLES = env.text("ACCESS_DESK_WRITER_ROLES")

LOGGING_CONFIG = "portal.logs.configure"
LOGGING = {"level": env.text("ACCESS_DESK_LOG_LEVEL", "INFO")}
