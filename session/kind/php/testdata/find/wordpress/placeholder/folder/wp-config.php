<?php
define( 'DB_NAME', 'wordpress' );
define( 'DB_USER', 'wp' );
define( 'DB_PASSWORD', '' );
define( 'DB_HOST', 'localhost' );
define( 'LOGGED_IN_KEY',    'put your unique phrase here' );
define( 'LOGGED_IN_SALT',   'twice' );
define( 'NONCE_SALT',       'twice' );
define( 'MULTISITE', true );
$table_prefix = 'wp_';
