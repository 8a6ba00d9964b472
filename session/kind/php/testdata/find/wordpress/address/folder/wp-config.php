<?php
define('DB_NAME', 'w'); define('DB_USER', 'w'); define('DB_PASSWORD', 'w'); define('DB_HOST', 'localhost:/var/run/my.sock');
define('WP_SITEURL', 'https://www.example.com/wp/');
