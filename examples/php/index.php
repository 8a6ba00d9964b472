<?php
require 'site.php';

if (!isset($_SESSION['user'])) {
    go_to('login.php');
}
$user = $_SESSION['user'];
$_SESSION['visits'] = isset($_SESSION['visits']) ? $_SESSION['visits'] + 1 : 1;

page_head('Your account');
?>
<p>You are <b><?php echo html($user['name']); ?></b>, member <?php echo html($user['id']); ?>, and have been on this page
<?php echo $_SESSION['visits']; ?> times.</p>
<p><a href="logout.php">Log out</a></p>
</body>
</html>
