"""A Django site in one file, with users of its own: python3 app.py, then http://127.0.0.1:8000/.

PORT, SECRET_KEY, SESSION_ENGINE (the last word of the module's name), SESSION_SERIALIZER (JSONSerializer or PickleSerializer),
DATA, a folder for the database and the session files, REDIS, the URL of a cache, or MEMCACHED, the servers of one with commas between, and
MEMCACHED_BACKEND, such as PyLibMCCache, are taken from the environment.
"""

import os
import sys
import tempfile

import django
from django.conf import settings

# Django has a backend for Redis of its own since 4.0; before that, sites take the package django-redis.
CACHE = "django.core.cache.backends.locmem.LocMemCache"
if os.environ.get("REDIS"):
    CACHE = "django.core.cache.backends.redis.RedisCache" if django.VERSION >= (4,) else "django_redis.cache.RedisCache"

cache = {"BACKEND": CACHE, "LOCATION": os.environ.get("REDIS", "")}
if os.environ.get("MEMCACHED"):
    cache["BACKEND"] = "django.core.cache.backends.memcached." + os.environ.get("MEMCACHED_BACKEND", "PyMemcacheCache")
    cache["LOCATION"] = os.environ["MEMCACHED"].split(",")

data = os.environ.get("DATA") or tempfile.mkdtemp()
settings.configure(
    SECRET_KEY=os.environ.get("SECRET_KEY", "the secret key of an example"),
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF=__name__,
    INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions"],
    MIDDLEWARE=[
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
    ],
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": os.path.join(data, "shop.sqlite")}},
    CACHES={"default": cache},
    DEFAULT_AUTO_FIELD="django.db.models.AutoField",
    SESSION_ENGINE="django.contrib.sessions.backends." + os.environ.get("SESSION_ENGINE", "db"),
    SESSION_SERIALIZER="django.contrib.sessions.serializers." + os.environ.get("SESSION_SERIALIZER", "JSONSerializer"),
    SESSION_FILE_PATH=data,
    PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],  # quick, and good enough for an example only
    USE_TZ=True,
)
django.setup()

from django.contrib.auth import authenticate, login, logout, update_session_auth_hash
from django.contrib.auth.models import User
from django.core.management import call_command
from django.http import HttpResponse, HttpResponseForbidden
from django.urls import path
from django.utils.html import escape

PAGE = """<!DOCTYPE html>
<html><head><title>Django</title></head><body><p>Hello, %s.
<form action=/login method=post><input name=user value=ada><input name=password value=secret><button>Log in</button></form>
<form action=/logout method=post><button>Log out</button></form></body></html>
"""


def home(request):
    return HttpResponse(PAGE % escape(request.user.get_full_name() if request.user.is_authenticated else "stranger"))


def log_in(request):
    user = authenticate(username=request.POST["user"], password=request.POST["password"])
    if user is None:
        return HttpResponseForbidden("That is not the password.")
    login(request, user)
    request.session["cart"] = [{"sku": "A-1", "qty": 2}] * 30
    return home(request)


def log_out(request):
    logout(request)
    return home(request)


def change_password(request):
    """Ends the user's sessions elsewhere, and keeps this one."""
    request.user.set_password(request.POST["password"])
    request.user.save()
    update_session_auth_hash(request, request.user)
    return home(request)


urlpatterns = [path("", home), path("login", log_in), path("logout", log_out), path("password", change_password)]

call_command("migrate", verbosity=0)
if not User.objects.exists():
    for number, name, first, last in [(42, "ada", "Ada", "Lovelace"), (43, "jose", 'José "Pepe"', "O'Neil")]:
        user = User(id=number, username=name, first_name=first, last_name=last, email=name + "@example.com")
        user.set_password("secret")
        user.save()
call_command("runserver", "127.0.0.1:" + os.environ.get("PORT", "8000"), "--noreload", stdout=sys.stderr)
