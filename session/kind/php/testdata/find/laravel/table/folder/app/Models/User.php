<?php
namespace App\Models;
class User { protected $table = 'members'; }
