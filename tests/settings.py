"""The settings of the tests: the embedded default, with an own folder for files, or PostgreSQL by DATABASE_URL."""

import os
import tempfile

os.environ.setdefault("ACCESS_DESK_EMBEDDED", "1")
os.environ.setdefault("ACCESS_DESK_SECRET_KEY", "only-for-tests-" + "x" * 50)
os.environ.setdefault("ACCESS_DESK_AUDIT_KEY", "only-for-tests-" + "a" * 30)
os.environ.setdefault("ACCESS_DESK_HOSTS", "testserver,localhost,127.0.0.1")
os.environ.setdefault("ACCESS_DESK_VAR_DIR", tempfile.mkdtemp(prefix="access-desk-tests-"))

from portal.settings import *  # noqa: F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
