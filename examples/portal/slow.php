<?php
require 'portal.php';
echo "<!DOCTYPE html>\n<html><head><title>Slow</title></head>\n<body>\n<p>First things first.</p>\n";
flush();
usleep((int) (1e6 * (float) ($_GET['for'] ?? 3)));
echo "<p>At last.</p>\n</body></html>\n";
