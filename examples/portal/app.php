<?php
require 'portal.php';
page('App', '<div id="app"></div><script>window.portal = {member: ' . json_encode(member()) . ', language: "pt"};</script>');
