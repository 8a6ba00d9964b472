package php

import "testing"

// Whatever stands in a file, it is read to its end; and the tokens of a text are not more than its bytes.
func FuzzDefinitions(f *testing.F) {
	for _, seed := range []string{
		"<?php define( 'A', 'b' ); $table_prefix = 'x_';", "<?php define('A', getenv('B') ?: \"c$d\") ?>x<? const E = [1, 'a' => [2]];",
		"<?php return ['a' => env('B', Str::slug((string) env('C', 'd')).'-e'), fn ($x) => 1, ...f(1)];", "<?php <<<'X'\n a\n X;", "<?php ((((((", "<?php $a[",
		"<?php define('A', !-+@&...1 . 2 ?? 3 ? 4 : 5);", "<?php if (!defined('A')) { define('A', __DIR__ . '/x'); }",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, code string) {
		list := tokens(code)
		if len(list) > len(code) {
			t.Fatalf("%d tokens of %d bytes", len(list), len(code))
		}
		env := func(name string) (any, bool) { return "set", name == "B" }
		path := func(name string) string { return "/srv/" + name }
		r := reader{tokens: list, env: env, path: path, dir: "."}
		r.definitions()
		if len(r.tokens) > 0 {
			t.Error("there is more")
		}
		r = reader{tokens: list, env: env, path: path, dir: "."}
		r.returned()
	})
}
