<?php
define('DB_NAME', 'debian'); define('DB_USER', 'w'); define('DB_PASSWORD', 'w'); define('DB_HOST', '[::1]:3306');
