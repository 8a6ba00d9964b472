<?php
require 'portal.php';
$buttons = '';
foreach (MEMBERS as $user => $member) {
    $buttons .= "<button name=\"user\" value=\"$user\">" . htmlspecialchars($member['name']) . "</button>\n";
}
page('Portal', member() === null
    ? "<form method=\"post\" action=\"/login.php\">Log in as\n$buttons</form>"
    : '<p>Welcome, ' . htmlspecialchars(member()['name']) . '. <a href="/account.php">Account</a> <a href="/logout.php">Log out</a></p>');
