"""Django settings for shop project.

SECRET_KEY = 'not this one'
"""
from pathlib import Path

BASE_DIR = Path(__file__).resolve().parent.parent

SECRET_KEY = 'django-insecure-@$)3&x*t08*umlb)w)^f)a+6g)$hbj9=ur#ei(k#b0j1=i_+%i'  # SECRET_KEY = 'x'
INSTALLED_APPS = [
    'django.contrib.auth',
]
DATABASES = {
    'default': {
        'ENGINE': 'django.db.backends.sqlite3',
        'NAME': BASE_DIR / 'db.sqlite3',
    }
}
def later():
    SECRET_KEY = 'inside'
    return 1
