<?php
require 'site.php';

$wrong = false;
if ($_SERVER['REQUEST_METHOD'] == 'POST') {
    $login = isset($_POST['login']) ? $_POST['login'] : '';
    $password = isset($_POST['password']) ? $_POST['password'] : '';
    if (is_string($login) && isset($members[$login]) && $members[$login]['password'] === $password) {
        session_regenerate_id(true);
        $_SESSION['user'] = $members[$login];
        unset($_SESSION['user']['password']);
        go_to('index.php');
    }
    $wrong = true;
}

page_head('Log in');
if ($wrong) {
    echo '<p><font color="red">That is not right.</font></p>';
}
?>
<form method="post" action="login.php">
<p>Name: <input name="login"> Password: <input name="password" type="password"> <input type="submit" value="Log in"></p>
</form>
<p>Try <tt>ada</tt> or <tt>jose</tt>, with <tt>secret</tt>.</p>
</body>
</html>
