"""Django's settings. Nothing secret stands here: path and keys come from the archive that `tumen` opened."""

from __future__ import annotations

from pathlib import Path

from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _

from tumen.archive import folder

HERE = Path(__file__).parent


def _secret() -> str:
    return folder.current().key.derive("django").hex() if folder.is_open() else "no archive is open, nothing is signed"


SECRET_KEY = SimpleLazyObject(_secret)
DEBUG = False
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]"]

INSTALLED_APPS = [
    "tumen.archive",
    "tumen.guard",
    "tumen.sources",
    "tumen.coding",
    "tumen.linking",
    "tumen.counting",
    "tumen.workbench",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django_htmx",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "csp",
]

AUTH_USER_MODEL = "guard.User"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
DATABASES = {"default": {"ENGINE": "tumen.archive.backend", "NAME": "archive.db", "CONN_MAX_AGE": None}}

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "tumen.workbench.middleware.unkept",
    "tumen.workbench.middleware.apart",
    "csp.middleware.CSPMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "tumen.workbench.middleware.page_is_left_standing",
    "tumen.guard.middleware.kept_in_the_audit",
    "tumen.guard.middleware.watched",
    "tumen.guard.middleware.first_things_first",
    "tumen.workbench.middleware.AsksPermission",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]

ROOT_URLCONF = "tumen.workbench.urls"
WSGI_APPLICATION = "tumen.workbench.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "tumen.workbench.context.shell",
            ],
        },
    },
]

AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "tumen.guard.passwords.NotGuessable"},
    {"NAME": "tumen.guard.passwords.Another"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
# A group of fifty knows its people: accounts are made by an administrator, with names and not with e-mail.
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_ADAPTER = "tumen.guard.adapter.Adapter"
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
# Guessing is slowed, per name and per address, and nobody is locked out for longer than it takes to make tea.
ACCOUNT_RATE_LIMITS = {"login": "30/m/ip", "login_failed": "10/m/ip,5/2m/key"}
ALLAUTH_TRUSTED_PROXY_COUNT = 0
# Whoever may open identities or keep accounts has a second factor (guard/second_factor.py).
SECOND_FACTOR_REQUIRED = True
MFA_ADAPTER = "tumen.guard.second_factor.Adapter"
MFA_FORMS = {
    "authenticate": "tumen.guard.second_factor.AuthenticateForm",
    "reauthenticate": "tumen.guard.second_factor.ReauthenticateForm",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_TOTP_ISSUER = "Tumen"
MFA_TOTP_TOLERANCE = 1  # laptops without a network keep their time badly; a code is still good once
MFA_RECOVERY_CODES_SHOW_ONCE = True

EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"  # nothing is sent to any network

SESSION_ENGINE = "tumen.guard.sessions"  # in the encrypted file, never beside it
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
IDLE_SECONDS = 15 * 60  # then the page is locked; scrolling and typing count, though nothing is asked for
LOGIN_SECONDS = SESSION_COOKIE_AGE = 12 * 60 * 60  # a day's work, however busy
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"  # a cookie lies on the browser's disk
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Strict"
CSRF_COOKIE_SAMESITE = "Strict"
CSRF_COOKIE_HTTPONLY = True  # scripts of ours read the token from the page
# Nothing goes to other sites. "no-referrer" would make browsers send "Origin: null" with our own forms, and the check
# of where a form comes from would have nothing to check.
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "script-src": ["'self'"],
        "script-src-attr": ["'none'"],
        "style-src": ["'self'"],
        "style-src-attr": ["'none'"],
        "img-src": ["'self'", "data:"],
        "connect-src": ["'self'"],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    }
}

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("ko", _("Korean")), ("zh-hans", _("Chinese"))]
LOCALE_PATHS = [HERE / "locale"]
LANGUAGE_COOKIE_SAMESITE = "Strict"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "/static/"
STATICFILES_DIRS = [HERE / "static"]
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
WHITENOISE_ALLOW_ALL_ORIGINS = False  # styles and scripts are for our own pages

# Uploads come in pieces and are encrypted as they stream (sources/views/sending.py). The plain form, for browsers
# without scripts, keeps one small file in memory; a larger one is refused: nothing is spooled to a temporary file.
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.MemoryFileUploadHandler"]
FILE_UPLOAD_MAX_MEMORY_SIZE = 8 * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 8 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 4000

# Logs carry code and counts: no text that people typed, no query, no parameter.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "plain": {"()": "tumen.workbench.logs.Discreet", "format": "%(asctime)s %(levelname)s %(name)s %(message)s"}
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    # An address that is not there is nobody's failure, and may be anything that was typed.
    "loggers": {"django.request": {"level": "ERROR"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}
