<?php $_SESSION["uid"] = 1;
