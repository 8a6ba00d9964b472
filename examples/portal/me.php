<?php
require 'portal.php';
if (isset($_GET['rotate'])) {
    session_regenerate_id(true);
}
header('Content-Type: application/json');
if (member() === null) {
    http_response_code(401);
    echo json_encode(['error' => 'not logged in']);
    exit;
}
['id' => $id, 'name' => $name, 'email' => $email] = member();
echo json_encode(['id' => $id, 'profile' => ['name' => $name, 'email' => $email]]);
