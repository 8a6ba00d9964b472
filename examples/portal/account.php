<?php
require 'portal.php';
if (member() === null) {
    header('Location: /');
    exit;
}
['id' => $id, 'name' => $name, 'email' => $email] = array_map('htmlspecialchars', array_map('strval', member()));
page('My account', "<p>Signed in as <b class=\"user-name\">$name</b> <a href=\"/logout.php\">Log out</a></p>
<form><input type=\"hidden\" name=\"uid\" value=\"$id\"><input type=\"email\" name=\"email\" value=\"$email\"></form>");
