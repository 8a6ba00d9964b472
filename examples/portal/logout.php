<?php
require 'portal.php';
session_unset();
header('Location: /');
