"""Django settings for shop project.

SECRET_KEY = 'not this one'
"""
from pathlib import Path

BASE_DIR = Path(__file__).resolve().parent.parent

import os, environ
env = environ.Env(DEBUG=(bool, False))
SECRET_KEY = env('SECRET_KEY')
SECRET_KEY_FALLBACKS = ['one,with a comma', "two" "parts"]
DATABASES = {'default': env.db()}
SESSION_ENGINE = "django.contrib.sessions.backends." + "cache"
SESSION_COOKIE_NAME = os.environ.get('COOKIE', 'shop')
CACHES = {"default": {"BACKEND": "django_redis.cache.RedisCache", "LOCATION": os.environ["REDIS"], "KEY_PREFIX": "shop", "VERSION": 2}}
AUTH_USER_MODEL = 'people.Member'
