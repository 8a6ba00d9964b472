<?php
/** What the installer writes. */
define( 'DB_NAME', 'shop' );
define( 'DB_USER', 'shop_user' );
define( 'DB_PASSWORD', 'p@ss\'w\\rd/#$x' ); // define( 'DB_PASSWORD', 'older' );
define( 'DB_HOST', 'db.example:3307' );
define( 'AUTH_KEY',         'a one' );
define( 'LOGGED_IN_KEY',    'k|e\'y$\ %41 "quoted" `tick` ' );
define( 'AUTH_SALT',        'a two' );
define( 'LOGGED_IN_SALT',   "s+a lt\$1 \"q\"" );
# define( 'LOGGED_IN_SALT', 'of yesterday' );
/* define( 'MULTISITE', true ); */
$table_prefix = 'shop1_';
define( 'WP_DEBUG', false );
if ( ! defined( 'ABSPATH' ) ) {
	define( 'ABSPATH', __DIR__ . '/' );
}
require_once ABSPATH . 'wp-settings.php';
