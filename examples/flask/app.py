"""A Flask site in one file: python3 app.py, then http://127.0.0.1:8000/.

PORT and SECRET_KEY are taken from the environment; LOGIN=1 uses Flask-Login; REDIS, a URL, keeps the sessions in Redis with
Flask-Session, MEMCACHED, servers with commas between, in memcached, with the client that the module MEMCACHED_CLIENT has; SIGNER=1 has it sign its ids.
"""

import os

from flask import Flask, abort, request, session
from markupsafe import escape

PEOPLE = {"ada": {"id": 42, "name": "Ada Lovelace"}, "jose": {"id": 43, "name": "José \"Pepe\" O'Neil"}}

app = Flask(__name__)
app.secret_key = os.environ.get("SECRET_KEY", "the secret key of an example")

if os.environ.get("REDIS"):
    import redis
    from flask_session import Session

    app.config.update(SESSION_TYPE="redis", SESSION_REDIS=redis.from_url(os.environ["REDIS"]))
    app.config["SESSION_USE_SIGNER"] = os.environ.get("SIGNER") == "1"
    Session(app)

if os.environ.get("MEMCACHED"):
    import importlib
    from flask_session import Session

    client = importlib.import_module(os.environ.get("MEMCACHED_CLIENT", "pylibmc"))
    app.config.update(SESSION_TYPE="memcached", SESSION_MEMCACHED=client.Client(os.environ["MEMCACHED"].split(",")))
    Session(app)

if os.environ.get("LOGIN"):
    import flask_login

    flask_login.LoginManager(app).user_loader(lambda id: Person(id))

    class Person(flask_login.UserMixin):
        def __init__(self, id):
            self.id = id

    def log_in(person):
        flask_login.login_user(Person(str(person["id"])))

    log_out = flask_login.logout_user
else:

    def log_in(person):
        session["user"] = person

    def log_out():
        session.pop("user", None)


@app.get("/")
def home():
    id = session.get("_user_id") or session.get("user", {}).get("id")
    names = [person["name"] for person in PEOPLE.values() if str(person["id"]) == str(id)]
    return f"""<!DOCTYPE html>
<html><head><title>Flask</title></head><body><p>Hello, {escape(*names or ["stranger"])}.
<form action=/login method=post><input name=user value=ada><input name=password value=secret><button>Log in</button></form>
<form action=/logout method=post><button>Log out</button></form></body></html>
"""


@app.post("/login")
def login():
    person = PEOPLE.get(request.form["user"])
    if not person or request.form["password"] != "secret":
        abort(403)
    log_in(person)
    session["cart"] = [{"sku": "A-1", "qty": 2}] * 30
    return home()


@app.post("/logout")
def logout():
    log_out()
    return home()


app.run("127.0.0.1", int(os.environ.get("PORT", "8000")))
