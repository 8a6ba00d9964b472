<?php
// Prints random values, one a line: what serialize() and igbinary make of them, and the tree that a reader of data should
// see, with each scalar as text that keeps every bit. For the tests of the package.
mt_srand(42);

class Base { private $id = 'base'; protected $kept = 1; private $own = 'parent'; }
class User extends Base { public $id; protected $name; private $email; public $next; }
class Hidden extends Base { private $id; public $next; }
class Modern {
    public $data;
    public function __serialize(): array { return $this->data; }
    public function __unserialize(array $data): void { $this->data = $data; }
}
class Old implements Serializable {
    public $data;
    public function serialize() { return serialize($this->data); }
    public function unserialize($text) { $this->data = unserialize($text); }
}
class Raw implements Serializable {
    public $text = '';
    public function serialize() { return $this->text; }
    public function unserialize($text) { $this->text = $text; }
}
enum Plan { case Free; case Pro; }
enum Role: string { case Admin = 'a'; }

function set(object $o, string $class, string $property, $value): void {
    $p = new ReflectionProperty($class, $property);
    $p->setAccessible(true);
    $p->setValue($o, $value);
}

function text(int $most): string { return random_text(mt_rand(0, $most)); }
function random_text(int $n): string {
    $s = '';
    while (strlen($s) < $n) {
        $s .= mt_rand(0, 2) ? chr(mt_rand(32, 126)) : chr(mt_rand(0, 255));
    }
    return $s;
}

function scalar() {
    switch (mt_rand(0, 9)) {
        case 0: return null;
        case 1: return (bool) mt_rand(0, 1);
        case 2: return mt_rand() * (mt_rand(0, 1) ? 1 : -1);
        case 3: return [PHP_INT_MAX, PHP_INT_MIN, 0, -1][mt_rand(0, 3)];
        case 4: return mt_rand() / mt_getrandmax() * pow(10, mt_rand(-300, 300));
        case 5: return [INF, -INF, -0.0, 1.0, 0.1, 1e15, PHP_FLOAT_MIN, PHP_FLOAT_MAX, 5e-324][mt_rand(0, 8)];
        case 6: return Plan::cases()[mt_rand(0, 1)];
        case 7: return Role::Admin;
    }
    return text(20);
}

// $made lists the objects made before, some of which occur again.
function value(int $depth, array &$made) {
    $kind = $depth > 4 ? 0 : mt_rand(0, 12);
    if ($kind < 4) {
        return scalar();
    }
    if ($kind < 7) {
        $array = [];
        for ($n = mt_rand(0, 5); $n > 0; $n--) {
            $array[mt_rand(0, 1) ? mt_rand(-3, 300) : text(8)] = value($depth + 1, $made);
        }
        $keys = array_keys($array);
        if (count($keys) > 1 && mt_rand(0, 1)) {
            $array[$keys[1]] = &$array[$keys[0]];
        }
        return $array;
    }
    if ($kind == 7 && $made) {
        return $made[array_rand($made)];
    }
    switch ($kind) {
        case 8:
            $o = new User;
            set($o, 'User', 'name', text(9));
            set($o, 'User', 'email', value($depth + 1, $made));
            $o->id = value($depth + 1, $made);
            break;
        case 9:
            $o = new Hidden;
            set($o, 'Hidden', 'id', value($depth + 1, $made));
            break;
        case 10:
            $o = new Modern;
            $o->data = [value($depth + 1, $made), 'k' => value($depth + 1, $made)];
            return $o;
        case 11:
            $o = new Old;
            $o->data = ['id' => scalar(), 'list' => [scalar(), scalar()]];
            return $o;
        case 12:
            $o = new Raw;
            $o->text = 'x' . text(9);
            return $o;
        default:
            $o = new stdClass;
    }
    $made[] = $o;
    $o->next = mt_rand(0, 3) ? value($depth + 1, $made) : $o;
    return $o;
}

// tree writes what a reader of data sees. $seen holds what stands for each object and reference once it was read, null before.
function tree($v, array &$seen) {
    if ($v === null) return null;
    if (is_bool($v)) return 'b' . ($v ? 'true' : 'false');
    if (is_int($v)) return 'i' . $v;
    if (is_float($v)) return 'd' . ltrim(bin2hex(pack('E', $v)), '0') ?: 'd0';
    if (is_string($v)) return 's' . bin2hex($v);
    if (is_array($v)) return (object) members($v, $seen);

    $id = 'object ' . spl_object_id($v);
    if (array_key_exists($id, $seen)) return $seen[$id];
    $seen[$id] = null;
    $class = get_class($v);
    if ($v instanceof UnitEnum) {
        $tree = [bin2hex('name') => 's' . bin2hex($v->name)];
    } elseif ($v instanceof Raw) {
        $tree = [bin2hex('data') => 's' . bin2hex($v->text)];
    } elseif ($v instanceof Modern || $v instanceof Old) {
        $tree = members($v->data, $seen);
    } else {
        $all = members((array) $v, $seen);
        $tree = [];
        foreach ($all as $hex => $value) {
            $parts = explode("\0", hex2bin($hex));
            $hidden = count($parts) == 3 && $parts[1] !== '*' && $parts[1] !== $class;
            if (!$hidden || !isset($all[bin2hex($parts[2])]) && !isset($all[bin2hex("\0$class\0" . $parts[2])])) {
                $tree[bin2hex(end($parts))] = $value;
            }
        }
    }
    $tree[bin2hex('__PHP_Incomplete_Class_Name')] = 's' . bin2hex($class);
    return $seen[$id] = (object) $tree;
}

function members(array $a, array &$seen): array {
    $tree = [];
    foreach ($a as $key => $value) {
        $reference = ReflectionReference::fromArrayElement($a, $key);
        $id = $reference ? 'reference ' . $reference->getId() : null;
        if ($id !== null && array_key_exists($id, $seen)) {
            $value = $seen[$id];
        } else {
            if ($id !== null) $seen[$id] = null;
            $value = tree($value, $seen);
            if ($id !== null) $seen[$id] = $value;
        }
        $tree[bin2hex((string) $key)] = $value;
    }
    return $tree;
}

for ($i = 0; $i < 3000; $i++) {
    $made = $seen = [];
    $value = value(0, $made);
    echo json_encode([
        'Record' => base64_encode(serialize($value)),
        'Igbinary' => extension_loaded('igbinary') ? base64_encode(igbinary_serialize($value)) : null,
        'Value' => tree($value, $seen),
    ]), "\n";
}
