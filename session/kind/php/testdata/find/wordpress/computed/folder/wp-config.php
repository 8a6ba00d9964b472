<?php
function getenv_docker($env, $default) { return getenv($env) ?: $default; }
define( 'DB_NAME', getenv_docker('WORDPRESS_DB_NAME', 'wordpress') );
define( 'DB_USER', getenv('DB_USER') ?: 'shop' );
define( 'DB_PASSWORD', file_get_contents('/run/secrets/db') );
define( 'DB_HOST', getenv('DB_HOST') );
define( 'LOGGED_IN_KEY', getenv_docker('WORDPRESS_LOGGED_IN_KEY', 'put your unique phrase here') );
define( 'LOGGED_IN_SALT', $_ENV['SALT'] );
define( 'WP_SITEURL', 'http://' . $_SERVER['HTTP_HOST'] . '/wp' );
$table_prefix = getenv_docker('WORDPRESS_TABLE_PREFIX', 'wp_');
