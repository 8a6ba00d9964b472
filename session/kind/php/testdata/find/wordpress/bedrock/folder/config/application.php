<?php
use Roots\WPConfig\Config;
use function Env\env;
Config::define('DB_NAME', env('DB_NAME'));
Config::define('DB_USER', env('DB_USER'));
Config::define('DB_PASSWORD', env('DB_PASSWORD'));
Config::define('DB_HOST', env('DB_HOST') ?: 'localhost');
$table_prefix = env('DB_PREFIX') ?: 'wp_';
Config::define('LOGGED_IN_KEY', env('LOGGED_IN_KEY'));
Config::define('LOGGED_IN_SALT', env('LOGGED_IN_SALT'));
