<?php
session_name('SHOPSID');
$uid = $_SESSION['user_id']; $_SESSION['user_id'] = 1; $_SESSION['last_url'] = 1; $_SESSION['username'];
