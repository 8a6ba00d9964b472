# Says whether sessions of Django's engine file count, by Django itself. The first argument is a folder, the second the age of the
# files in seconds, the third a list of JSON texts for _session_expiry, empty if it is not there. The files stay, in the order of the
# list, and their ids are written, by whether they count.

import json
import os
import sys
import time

import django
from django.conf import settings

folder, age, values = sys.argv[1], int(sys.argv[2]), json.loads(sys.argv[3])
settings.configure(SECRET_KEY="key", SESSION_ENGINE="django.contrib.sessions.backends.file", SESSION_FILE_PATH=folder,
                   SESSION_SERIALIZER="django.contrib.sessions.serializers.JSONSerializer", USE_TZ=True, SESSION_COOKIE_AGE=86400)
django.setup()
from django.contrib.sessions.backends.file import SessionStore

verdicts = []
for value in values:
    session = SessionStore()
    session["_auth_user_id"] = "42"
    if value:
        session["_session_expiry"] = json.loads(value)
    session.save()
    path = session._key_to_file()
    written = time.time() - age
    os.utime(path, (written, written))
    with open(path, "rb") as file:
        content = file.read()
    verdicts.append({"id": session.session_key, "counts": SessionStore(session.session_key).get("_auth_user_id") == "42"})
    with open(path, "wb") as file:  # which Django removes when it has ended
        file.write(content)
    os.utime(path, (written, written))
print(json.dumps(verdicts))
