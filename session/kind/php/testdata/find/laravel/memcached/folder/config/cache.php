<?php
use Illuminate\Support\Str;
return ['default' => env('CACHE_DRIVER', 'file'), 'stores' => ['memcached' => [
        'driver' => 'memcached',
        'persistent_id' => env('MEMCACHED_PERSISTENT_ID'),
        'sasl' => [env('MEMCACHED_USERNAME'), env('MEMCACHED_PASSWORD')],
        'options' => [
            // Memcached::OPT_CONNECT_TIMEOUT => 2000,
        ],
        'servers' => [
            ['host' => env('MEMCACHED_HOST', '127.0.0.1'), 'port' => env('MEMCACHED_PORT', 11211), 'weight' => 100],
            ['host' => 'other', 'port' => 11212, 'weight' => 100],
        ],
    ]],
    'prefix' => env('CACHE_PREFIX', Str::slug(env('APP_NAME', 'laravel'), '_').'_cache')];
