<?php
// As sites of jQuery's time answer their own scripts, and nobody else.
if (($_SERVER['HTTP_X_REQUESTED_WITH'] ?? '') !== 'XMLHttpRequest') {
    header('Location: /');
    exit;
}
require 'me.php';
