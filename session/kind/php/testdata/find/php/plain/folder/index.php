<?php
session_start();
if (isset($_SESSION['user']['name'])) echo $_SESSION['user']['name'];
$_SESSION["basket"][] = 1;
