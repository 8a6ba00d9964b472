<?php
// The settings of a WordPress for trials, out of the environment.

define('DB_NAME', getenv('WORDPRESS_DB_NAME') ?: 'wordpress');
define('DB_USER', getenv('WORDPRESS_DB_USER') ?: 'wordpress');
define('DB_PASSWORD', getenv('WORDPRESS_DB_PASSWORD') ?: '');
define('DB_HOST', getenv('WORDPRESS_DB_HOST') ?: 'localhost');
define('DB_CHARSET', 'utf8mb4');
$table_prefix = getenv('WORDPRESS_TABLE_PREFIX') ?: 'wp_';

// What is not set here, WordPress makes up and keeps in its database.
foreach (['LOGGED_IN_KEY', 'LOGGED_IN_SALT'] as $name) {
    if (getenv("WORDPRESS_$name")) {
        define($name, getenv("WORDPRESS_$name"));
    }
}

// A site for trials speaks to nobody else.
define('WP_HTTP_BLOCK_EXTERNAL', true);
define('AUTOMATIC_UPDATER_DISABLED', true);
define('DISABLE_WP_CRON', true);

require ABSPATH . 'wp-settings.php';
