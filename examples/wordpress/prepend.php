<?php
// Makes a WordPress installed somewhere else use the settings in the folder that is served: auto_prepend_file of php.ini.
define('ABSPATH', $_SERVER['DOCUMENT_ROOT'] . '/');
