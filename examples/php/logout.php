<?php
require 'site.php';

session_destroy();
setcookie(session_name(), '', 1, '/');
go_to('index.php');
