import os
from os.path import dirname, join
BASE = dirname(dirname(dirname(os.path.abspath(__file__))))
SECRET_KEY: str = "plainkey-of-base"
SESSION_ENGINE = 'django.contrib.sessions.backends.file'
SESSION_FILE_PATH = join(BASE, 'var', 'sessions')
SESSION_COOKIE_AGE = 60 * 60 * 24
DATABASES = dict(default=dict(ENGINE='django.db.backends.mysql', NAME='shop', USER='shop', PASSWORD='p@ss', HOST='localhost', PORT=''))
