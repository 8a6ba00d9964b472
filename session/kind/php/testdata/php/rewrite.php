<?php
// Writes a session again and again, as the pages of a busy visitor do, into the folder that is the first argument. It tells how long the
// slowest write took, in seconds.
ini_set('session.use_cookies', '0');
ini_set('session.cache_limiter', '');
session_save_path($argv[1]);
session_id('abcdefghijklmnopqrstuv');
$slowest = 0;
for ($i = 0; $i < 300; $i++) {
    session_start();
    $_SESSION['id'] = 42;
    $_SESSION['cart'] = str_repeat('x', 100 * ($i % 7));
    $before = microtime(true);
    session_write_close();
    $slowest = max($slowest, microtime(true) - $before);
    if ($i == 0) {
        echo "written\n";
    }
    usleep(3000);
}
printf("%.6f\n", $slowest);
