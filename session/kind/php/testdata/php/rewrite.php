<?php
// Writes a session again and again, as the pages of a busy visitor do, into the folder that is the first argument.
ini_set('session.use_cookies', '0');
ini_set('session.cache_limiter', '');
session_save_path($argv[1]);
session_id('abcdefghijklmnopqrstuv');
for ($i = 0; $i < 300; $i++) {
    session_start();
    $_SESSION['id'] = 42;
    $_SESSION['cart'] = str_repeat('x', 100 * ($i % 7));
    session_write_close();
    if ($i == 0) {
        echo "written\n";
    }
    usleep(3000);
}
