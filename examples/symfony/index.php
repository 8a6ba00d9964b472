<?php
// A Symfony application in one file: a page for everybody, the framework's own login form and logout.

namespace App;

use Symfony\Bundle\FrameworkBundle\FrameworkBundle;
use Symfony\Bundle\FrameworkBundle\Kernel\MicroKernelTrait;
use Symfony\Bundle\SecurityBundle\SecurityBundle;
use Symfony\Component\DependencyInjection\Loader\Configurator\ContainerConfigurator;
use Symfony\Component\HttpFoundation\Request;
use Symfony\Component\HttpFoundation\Response;
use Symfony\Component\HttpKernel\Kernel;
use Symfony\Component\Routing\Loader\Configurator\RoutingConfigurator;
use Symfony\Component\Security\Core\Exception\UserNotFoundException;
use Symfony\Component\Security\Core\User\PasswordAuthenticatedUserInterface;
use Symfony\Component\Security\Core\User\UserInterface;
use Symfony\Component\Security\Core\User\UserProviderInterface;

if (is_file(__DIR__ . '/vendor/autoload.php')) {
    require __DIR__ . '/vendor/autoload.php';
} else { // the packages of Debian
    require 'Symfony/Bundle/FrameworkBundle/autoload.php';
    require 'Symfony/Bundle/SecurityBundle/autoload.php';
}

class Member implements UserInterface, PasswordAuthenticatedUserInterface
{
    private $id;
    private $login;
    private $email;
    protected $name;
    private $password;

    public function __construct($id, string $login, string $name, string $email, string $password)
    {
        $this->id = $id;
        $this->login = $login;
        $this->name = $name;
        $this->email = $email;
        $this->password = $password;
    }

    public function getName(): string { return $this->name; }
    public function getUserIdentifier(): string { return $this->login; }
    public function getUsername(): string { return $this->login; }
    public function getPassword(): ?string { return $this->password; }
    public function getSalt(): ?string { return null; }
    public function getRoles(): array { return ['ROLE_USER']; }
    public function eraseCredentials(): void { }
}

class Members implements UserProviderInterface
{
    public function loadUserByIdentifier(string $login): UserInterface
    {
        switch ($login) {
            case 'ada': return new Member(42, 'ada', 'Ada Lovelace', 'ada@example.com', 'secret');
            case 'jose': return new Member('u-7f3', 'jose', 'José "Pepe" O\'Neil', 'jose@example.com', 'secret');
        }
        throw new UserNotFoundException();
    }

    public function loadUserByUsername(string $login): UserInterface { return $this->loadUserByIdentifier($login); }
    public function refreshUser(UserInterface $user): UserInterface { return $this->loadUserByIdentifier($user->getUserIdentifier()); }
    public function supportsClass(string $class): bool { return $class === Member::class; }
}

class Site extends Kernel
{
    use MicroKernelTrait;

    public function registerBundles(): iterable { return [new FrameworkBundle(), new SecurityBundle()]; }
    public function getProjectDir(): string { return __DIR__; }
    public function getCacheDir(): string { return sys_get_temp_dir() . '/symfony-cache'; }
    public function getLogDir(): string { return sys_get_temp_dir() . '/symfony-log'; }

    protected function configureContainer(ContainerConfigurator $container): void
    {
        $container->services()->set(Members::class);
        if (is_dir(__DIR__ . '/config/packages')) {
            $container->import(__DIR__ . '/config/packages/*.yaml');
        } else {
            $container->extension('framework', [
                'secret' => 'not one',
                'session' => ['storage_factory_id' => 'session.storage.factory.native', 'handler_id' => getenv('SESSION_HANDLER') ?: null],
            ]);
        }
        $container->extension('security', [
            'enable_authenticator_manager' => true,
            'password_hashers' => [Member::class => 'plaintext'],
            'providers' => ['members' => ['id' => Members::class]],
            'firewalls' => ['main' => [
                'provider' => 'members',
                'form_login' => ['login_path' => 'login', 'check_path' => 'login', 'default_target_path' => '/'],
                'logout' => ['path' => 'logout', 'target' => 'login'],
                'switch_user' => ['role' => 'ROLE_USER'],
            ]],
        ]);
    }

    protected function configureRoutes(RoutingConfigurator $routes): void
    {
        $routes->add('home', '/')->controller([$this, 'home']);
        $routes->add('login', '/login')->controller([$this, 'login']);
        $routes->add('logout', '/logout');
    }

    public function home(Request $request): Response
    {
        $token = $this->getContainer()->get('security.token_storage')->getToken();
        $name = $token ? $token->getUser()->getName() : 'stranger';

        return new Response('<!DOCTYPE html><html><head><title>Home</title></head><body><p>Hello, ' . htmlspecialchars($name) .
            '.</p><p><a href="/login">Log in</a> <a href="/logout">Log out</a></p></body></html>');
    }

    public function login(): Response
    {
        return new Response('<!DOCTYPE html><html><head><title>Log in</title></head><body><form method="post">' .
            '<input name="_username"> <input name="_password" type="password"> <input type="submit"></form></body></html>');
    }
}

$kernel = new Site('prod', false);
$request = Request::createFromGlobals();
$response = $kernel->handle($request);
$response->send();
$kernel->terminate($request, $response);
