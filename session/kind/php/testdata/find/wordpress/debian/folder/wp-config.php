<?php
$debian_file = '/etc/wordpress/config-'.strtolower($debian_server).'.php';
