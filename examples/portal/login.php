<?php
require 'portal.php';
if ($_SERVER['REQUEST_METHOD'] === 'POST' && isset(MEMBERS[$_POST['user'] ?? ''])) {
    session_regenerate_id(true);
    $_SESSION['user'] = $_POST['user'];
}
header('Location: /', true, 303);
