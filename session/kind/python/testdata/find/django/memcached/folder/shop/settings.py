SECRET_KEY = 'a key'
SESSION_ENGINE = 'django.contrib.sessions.backends.cache'
CACHES = {'default': {'BACKEND': 'django.core.cache.backends.memcached.PyMemcacheCache', 'LOCATION': 'unix:/run/memcached.sock', 'KEY_PREFIX': 'shop'}}
