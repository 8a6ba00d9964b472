<?php
// Sessions in MongoDB by PHP's extension alone, in the documents that the drivers mongodb of mongodb/laravel-mongodb write: since release
// 5.4 in its own, with payload; before, in those of Symfony's MongoDbSessionHandler, with data.

use MongoDB\BSON\Binary;
use MongoDB\BSON\UTCDateTime;
use MongoDB\Driver\BulkWrite;
use MongoDB\Driver\Manager;
use MongoDB\Driver\Query;

class MongoSessions implements SessionHandlerInterface
{
    private Manager $server;

    public function __construct(string $address, private string $collection, private int $minutes, private bool $symfony)
    {
        $this->server = new Manager($address);
    }

    private function send(BulkWrite $write): bool
    {
        $this->server->executeBulkWrite($this->collection, $write);
        return true;
    }

    public function open($path, $name): bool { return true; }

    public function close(): bool { return true; }

    #[ReturnTypeWillChange]
    public function gc($lifetime) { return 0; }

    public function destroy($id): bool
    {
        $write = new BulkWrite();
        $write->delete(['_id' => (string) $id]);
        return $this->send($write);
    }

    #[ReturnTypeWillChange]
    public function read($id)
    {
        $now = new UTCDateTime(time() * 1000);
        $found = $this->server->executeQuery($this->collection, new Query(['_id' => (string) $id, 'expires_at' => ['$gte' => $now]]))->toArray();
        $data = $found[0]->payload ?? $found[0]->data ?? null;
        return $data === null ? '' : $data->getData();
    }

    public function write($id, $data): bool
    {
        $write = new BulkWrite();
        $now = new UTCDateTime(time() * 1000);
        $end = new UTCDateTime((time() + $this->minutes * 60) * 1000);
        if ($this->symfony) {
            $fields = ['time' => $now, 'expires_at' => $end, 'data' => new Binary($data, Binary::TYPE_GENERIC)];
            $write->update(['_id' => (string) $id], ['$set' => $fields], ['upsert' => true]);
        } else {
            $fields = ['payload' => new Binary($data, Binary::TYPE_GENERIC), 'last_activity' => $now, 'expires_at' => $end, 'user_id' => null,
                'ip_address' => '127.0.0.1', 'user_agent' => $_SERVER['HTTP_USER_AGENT'] ?? ''];
            $write->update(['_id' => (string) $id], $fields, ['upsert' => true]); // replaces
        }
        return $this->send($write);
    }
}
