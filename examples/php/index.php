<?php
require 'site.php';

if (!isset($_SESSION['user'])) {
    go_to('login.php');
}
$user = $_SESSION['user'];

page_head('Your account');
?>
<p>You are <b><?php echo html($user['name']); ?></b>, member <?php echo html($user['id']); ?>.</p>
<p><a href="logout.php">Log out</a></p>
</body>
</html>
