"""Django settings for shop project.

SECRET_KEY = 'not this one'
"""
from pathlib import Path

BASE_DIR = Path(__file__).resolve().parent.parent

SECRET_KEY = "a"
DATABASES = {"default": {"ENGINE": "django.db.backends.postgresql", "NAME": "shop"}}
SESSION_ENGINE = 'django.contrib.sessions.backends.signed_cookies'
