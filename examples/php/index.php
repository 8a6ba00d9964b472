<?php
require 'site.php';

page_head('Home');
?>
<p><a href="login.php">Log in</a> <a href="logout.php">Log out</a></p>
</body>
</html>
