<?php
// What the pages have in common.
session_start();

$members = array(
    'ada'  => array('id' => 42, 'name' => 'Ada Lovelace', 'email' => 'ada@example.com', 'password' => 'secret'),
    'jose' => array('id' => 'u-7f3', 'name' => "José \"Pepe\" O'Neil", 'email' => 'jose@example.com', 'password' => 'secret'),
);

function html($text)
{
    return htmlspecialchars($text, ENT_QUOTES, 'UTF-8');
}

function go_to($page)
{
    header("Location: $page");
    exit;
}

function page_head($title)
{
    header('Content-Type: text/html; charset=UTF-8');
    echo '<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 4.01 Transitional//EN" "http://www.w3.org/TR/html4/loose.dtd">', "\n";
    echo "<html>\n<head>\n<title>", html($title), "</title>\n</head>\n<body bgcolor=\"#ffffff\">\n<h1>", html($title), "</h1>\n";
    echo '<p>Hello, ', html(isset($_SESSION['user']) ? $_SESSION['user']['name'] : 'stranger'), ".</p>\n";
}
