<?php
// A Laravel site in one file: the framework's own cookies, sessions and guard around three pages, without an application
// skeleton. Its settings come out of the environment, by the names that .env has for them.

foreach (['Auth', 'Cache', 'Config', 'Container', 'Cookie', 'Database', 'Encryption', 'Events', 'Filesystem', 'Hashing', 'Http',
    'Pipeline', 'Redis', 'Session', 'Support'] as $part) {
    require_once "Illuminate/$part/autoload.php";
}

use Illuminate\Auth\AuthManager;
use Illuminate\Cache\CacheManager;
use Illuminate\Config\Repository;
use Illuminate\Container\Container;
use Illuminate\Cookie\CookieJar;
use Illuminate\Cookie\Middleware\AddQueuedCookiesToResponse;
use Illuminate\Cookie\Middleware\EncryptCookies;
use Illuminate\Database\Capsule\Manager as Database;
use Illuminate\Encryption\Encrypter;
use Illuminate\Events\Dispatcher;
use Illuminate\Filesystem\Filesystem;
use Illuminate\Hashing\HashManager;
use Illuminate\Http\RedirectResponse;
use Illuminate\Http\Request;
use Illuminate\Http\Response;
use Illuminate\Pipeline\Pipeline;
use Illuminate\Redis\RedisManager;
use Illuminate\Session\Middleware\StartSession;
use Illuminate\Session\SessionManager;

function setting(string $name, string $default = ''): string
{
    return getenv($name) === false ? $default : getenv($name);
}

// With a folder config beside it, and .env, it is made of them, as an application is.
$root = __DIR__;
$configured = [];
if (is_dir("$root/config")) {
    require_once 'Dotenv/autoload.php';
    Dotenv\Dotenv::createImmutable($root)->load();
    function storage_path(string $path): string { return __DIR__ . "/storage/$path"; }
    function database_path(string $path): string { return __DIR__ . "/database/$path"; }
    foreach (glob("$root/config/*.php") as $file) {
        $configured[basename($file, '.php')] = require $file;
    }
}

$app = new Container();
Container::setInstance($app);
$folder = setting('SITE_FOLDER', sys_get_temp_dir() . '/laravel-site');
is_dir("$folder/sessions") || mkdir("$folder/sessions", 0700, true);
$cipher = setting('APP_CIPHER', 'AES-256-CBC');
$key = base64_decode(substr(setting('APP_KEY', 'base64:' . base64_encode('a key for trials, 32 bytes long.')), 7));

$app->instance('config', new Repository([
    'auth' => [
        'defaults' => ['guard' => 'web'],
        'guards' => ['web' => ['driver' => 'session', 'provider' => 'users']],
        'providers' => ['users' => ['driver' => 'database', 'table' => 'users']],
    ],
    'cache' => ['prefix' => 'laravel_cache', 'stores' => ['redis' => ['driver' => 'redis'],
        'memcached' => ['driver' => 'memcached', 'servers' => array_map(function ($server) {
            [$host, $port] = explode(':', $server);
            return ['host' => $host, 'port' => (int) $port, 'weight' => 100];
        }, explode(',', setting('MEMCACHED', '127.0.0.1:11211')))]]],
    'hashing' => ['driver' => 'bcrypt', 'bcrypt' => ['rounds' => 4]],
    'session' => [
        'driver' => setting('SESSION_DRIVER', 'file'), 'lifetime' => 120, 'expire_on_close' => false,
        'encrypt' => setting('SESSION_ENCRYPT') === 'true', 'files' => "$folder/sessions", 'connection' => null,
        'table' => 'sessions', 'store' => null, 'lottery' => [0, 100], 'cookie' => 'laravel_session', 'path' => '/',
        'domain' => null, 'secure' => false, 'http_only' => true, 'same_site' => 'lax',
    ],
]));
foreach ($configured as $name => $values) {
    $app['config']->set($name, $values);
}
$cipher = $configured['app']['cipher'] ?? $cipher;
$key = isset($configured['app']) ? base64_decode(substr($configured['app']['key'], 7)) : $key;

$database = new Database($app);
$file = $configured['database']['connections']['sqlite']['database'] ?? "$folder/site.sqlite";
$database->addConnection(['driver' => 'sqlite', 'database' => touch($file) ? $file : '']);
$app->instance('db', $database->getDatabaseManager());
$schema = $app['db']->connection()->getSchemaBuilder();
if (!$schema->hasTable('users')) {
    $schema->create('users', function ($table) {
        $table->id();
        $table->string('name');
        $table->string('email');
        $table->string('password');
        $table->rememberToken();
    });
    $schema->create('sessions', function ($table) {
        $table->string('id')->primary();
        $table->foreignId('user_id')->nullable();
        $table->string('ip_address')->nullable();
        $table->text('user_agent')->nullable();
        $table->text('payload');
        $table->integer('last_activity');
    });
    $app['db']->table('users')->insert([
        ['id' => 42, 'name' => 'Ada Lovelace', 'email' => 'ada@example.com', 'password' => password_hash('secret', PASSWORD_BCRYPT)],
        ['id' => 43, 'name' => 'José "Pepe" O\'Neil', 'email' => 'jose@example.com', 'password' => password_hash('secret', PASSWORD_BCRYPT)],
    ]);
}

$request = Request::capture();
$app->instance('request', $request);
$app->instance('files', new Filesystem());
$app->instance('events', new Dispatcher($app));
$app->instance('cookie', (new CookieJar())->setDefaultPathAndDomain('/', null, false, 'lax'));
$app->instance('encrypter', new Encrypter($key, $cipher));
$app->singleton('redis', fn ($app) => new RedisManager($app, 'phpredis', $configured['database']['redis'] ?? [
    'options' => ['prefix' => 'laravel_database_'],
    'default' => ['host' => setting('REDIS_HOST', '127.0.0.1'), 'port' => setting('REDIS_PORT', '6379'), 'database' => 0],
]));
$app->singleton('memcached.connector', fn () => new \Illuminate\Cache\MemcachedConnector());
$app->singleton('cache', fn ($app) => new CacheManager($app));
$app->singleton('hash', fn ($app) => new HashManager($app));
$app->singleton('session', function ($app) {
    $sessions = new SessionManager($app);
    $sessions->extend('mongodb', function () {
        require_once __DIR__ . '/mongodb.php';
        return new MongoSessions(setting('MONGO'), 'shop.sessions', 120, setting('MONGO_FORM') === 'symfony');
    });
    return $sessions;
});
$app->singleton('session.store', fn ($app) => $app['session']->driver());
$app->singleton('auth', fn ($app) => new AuthManager($app));
$app->alias('encrypter', \Illuminate\Contracts\Encryption\Encrypter::class);
$app->alias('cookie', \Illuminate\Contracts\Cookie\QueueingFactory::class);
$app->alias('session', SessionManager::class);

$page = function (string $text) use ($app): Response {
    $user = $app['auth']->guard()->user();
    $name = $user ? htmlspecialchars($user->name) : 'stranger';
    return new Response("<!DOCTYPE html><html><head><title>Shop</title></head><body><p>$text</p><p>Hello, $name.</p>" .
        '<form method="post" action="/login"><input name="email"><input name="password" type="password"><button>Log in</button></form>' .
        '<p><a href="/logout">Log out</a></p></body></html>');
};

$response = (new Pipeline($app))->send($request)->through([
    EncryptCookies::class, AddQueuedCookiesToResponse::class, StartSession::class,
])->then(function (Request $request) use ($app, $page) {
    $guard = $app['auth']->guard();
    switch ($request->path()) {
        case 'login':
            $known = $guard->attempt($request->only('email', 'password'));
            return $known ? new RedirectResponse('/') : $page('Wrong password.');
        case 'logout':
            $guard->logout();
            $request->session()->invalidate();
            return $page('Goodbye.');
    }
    return $page('Welcome.');
});
$response->send();
