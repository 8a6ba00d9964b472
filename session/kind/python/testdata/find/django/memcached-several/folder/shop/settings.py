SECRET_KEY = 'a key'
SESSION_ENGINE = 'django.contrib.sessions.backends.cache'
CACHES = {'default': {
    'BACKEND': 'django.core.cache.backends.memcached.PyLibMCCache',
    'LOCATION': ['10.0.0.1:11211', '10.0.0.2:11211'],
}}
