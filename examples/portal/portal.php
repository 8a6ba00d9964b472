<?php
// What all pages share: the session, which PHP locks until the page ends, and the members.
session_start();

const MEMBERS = [
    'ada' => ['id' => 42, 'name' => 'Ada Lovelace', 'email' => 'ada@example.com'],
    'jose' => ['id' => 'u-7f3', 'name' => 'José "Pepe" O\'Neil </script>', 'email' => 'jose.oneil+chat@example.com'],
];

function member(): ?array
{
    return MEMBERS[$_SESSION['user'] ?? ''] ?? null;
}

function page(string $title, string $body): void
{
    echo "<!DOCTYPE html>\n<html><head><meta charset=\"utf-8\"><title>$title</title></head>\n<body>\n$body\n</body></html>\n";
}
