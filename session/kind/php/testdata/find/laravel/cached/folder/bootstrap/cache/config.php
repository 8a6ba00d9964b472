<?php return array (
  'app' =>
  array (
    'key' => 'base64:YSBrZXkgZm9yIHRyaWFscywgMzIgYnl0ZXMgbG9uZy4=',
    'cipher' => 'aes-256-gcm',
  ),
  'auth' =>
  array (
    'defaults' =>
    array (
      'guard' => 'members',
    ),
  ),
  'session' =>
  array (
    'driver' => 'file',
    'lifetime' => 120,
    'files' => '/srv/app/storage/framework/sessions',
    'cookie' => 'laravel_session',
  ),
  'database' =>
  array (
    'default' => 'sqlite',
    'connections' =>
    array (
      'sqlite' =>
      array (
        'driver' => 'sqlite',
        'database' => '/srv/app/database/database.sqlite',
      ),
    ),
  ),
);
