"""Django settings for shop project.

SECRET_KEY = 'not this one'
"""
from pathlib import Path

BASE_DIR = Path(__file__).resolve().parent.parent

import os
from base64 import b64decode
with open('/etc/secret') as f:
    SECRET_KEY = f.read().strip()
SECRET_KEY = SECRET_KEY or b64decode("x")
DATABASES = {"default": {"ENGINE": "django.db.backends.postgresql", "NAME": "shop", "USER": f"shop_{x}", "PASSWORD": os.environ["DB_PASSWORD"], "HOST": ""}}
SESSION_ENGINE = 'redis_sessions.session'
