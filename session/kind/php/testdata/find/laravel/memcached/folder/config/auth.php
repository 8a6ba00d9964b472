<?php
return [
    'defaults' => ['guard' => env('AUTH_GUARD', 'web'), 'passwords' => 'users'],
    'guards' => ['web' => ['driver' => 'session', 'provider' => 'users']],
    'providers' => ['users' => ['driver' => 'eloquent', 'model' => env('AUTH_MODEL', App\Models\User::class)]],
];
