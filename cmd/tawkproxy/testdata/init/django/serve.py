"""Makes the tables and two users, and serves the site on PORT."""

import os
import sys

import django
from django.core.management import call_command

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")
django.setup()

from django.contrib.auth.models import User

call_command("migrate", verbosity=0)
for number, name, first, last in [(42, "ada", "Ada", "Lovelace"), (43, "jose", 'José "Pepe"', "O'Neil")]:
    user = User(id=number, username=name, first_name=first, last_name=last, email=name + "@example.com")
    user.set_password("secret")
    user.save()
call_command("runserver", "127.0.0.1:" + os.environ["PORT"], "--noreload", stdout=sys.stderr)
