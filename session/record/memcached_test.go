package record_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os/exec"
	"strings"
	"testing"

	"tawkproxy/examples/testenv"
	"tawkproxy/session/record"
)

// texts are such as sessions are, and such as compressors find hard.
func texts() []string {
	random := rand.New(rand.NewPCG(1, 2))
	var all []string
	for _, size := range []int{1, 31, 32, 33, 100, 2000, 9000, 65535, 65536, 70_000, 300_000} {
		var session, noise strings.Builder
		for session.Len() < size {
			fmt.Fprintf(&session, `s:%d:"cart";a:2:{i:%d;s:3:"qty";}`, random.IntN(9), random.IntN(size))
		}
		for noise.Len() < size {
			noise.WriteString(strings.Repeat(string(rune('a'+random.IntN(26))), 1+random.IntN(3)))
			if random.IntN(40) == 0 { // what came long before, and at once
				text := noise.String()
				at := random.IntN(len(text))
				noise.WriteString(text[at:min(at+random.IntN(600), len(text))])
			}
		}
		all = append(all, session.String()[:size], noise.String()[:size], strings.Repeat("x", size))
	}
	return all
}

// TestMemcachedValues reads what real clients have put into a real server, compressed by each of their ways.
func TestMemcachedValues(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: clients in three languages take seconds")
	}
	t.Parallel()
	server := testenv.Memcached(t, "-m", "128")
	all := texts()
	host, port, _ := strings.Cut(server.Addr, ":")
	input, _ := json.Marshal([]any{host, port, all})
	php := []string{testenv.Need(t, "php"), "-n", "-d", "memory_limit=1G", "-d", "error_reporting=E_ALL & ~E_DEPRECATED"}
	for _, setting := range testenv.PHPExtensions(t, "msgpack", "igbinary", "memcached", "memcache") {
		php = append(php, "-d", setting)
	}
	php = append(php, "-r")
	const phpTexts = `[$host, $port, $texts] = json_decode(stream_get_contents(STDIN)); $m = new %s; $m->addServer($host, $port); %s`
	const pythonTexts = "import json, sys\nhost, port, texts = json.load(sys.stdin)\n"
	python := []string{testenv.Python(t, "pymemcache", "pylibmc", "memcache"), "-c"}
	for _, c := range []struct {
		name     string
		program  []string
		script   string
		open     func([]byte, uint32) ([]byte, error)
		unpacked bool // nothing is compressed
	}{
		{name: "fastlz", program: php, script: fmt.Sprintf(phpTexts, "Memcached", `foreach ($texts as $i => $t) $m->set("fastlz$i", $t);`), open: record.PHPMemcached},
		{name: "zlib", program: php, script: fmt.Sprintf(phpTexts, "Memcached", `$m->setOption(Memcached::OPT_COMPRESSION_TYPE, Memcached::COMPRESSION_ZLIB);
			foreach ($texts as $i => $t) $m->set("zlib$i", $t);`), open: record.PHPMemcached},
		{name: "plain", program: php, script: fmt.Sprintf(phpTexts, "Memcached", `$m->setOption(Memcached::OPT_COMPRESSION, false);
			foreach ($texts as $i => $t) $m->set("plain$i", $t);`), open: record.PHPMemcached, unpacked: true},
		{name: "memcache", program: php, script: fmt.Sprintf(phpTexts, "Memcache", `foreach ($texts as $i => $t) $m->set("memcache$i", $t);`), open: record.PHPMemcache},
		{name: "pylibmc", program: python, script: pythonTexts + "import pylibmc\nm = pylibmc.Client([f'{host}:{port}'])\n" +
			"for i, t in enumerate(texts): m.set(f'pylibmc{i}', t.encode(), min_compress_len=100)", open: record.PythonMemcached},
		{name: "python-memcached", program: python, script: pythonTexts + "import memcache\nm = memcache.Client([f'{host}:{port}'])\n" +
			"for i, t in enumerate(texts): m.set(f'python-memcached{i}', t, min_compress_len=100)", open: record.PythonMemcached},
		{name: "pymemcache", program: python, script: pythonTexts + "from pymemcache import Client, serde\n" +
			"m = Client((host, int(port)), serde=serde.pickle_serde, default_noreply=False)\n" +
			"for i, t in enumerate(texts): m.set(f'pymemcache{i}', t)", open: record.PythonMemcached, unpacked: true},
		{name: "dalli", program: []string{testenv.Ruby(t, "dalli"), "-e"}, script: `require "json"; require "dalli"; host, port, texts = JSON.parse($stdin.read);
			m = Dalli::Client.new("#{host}:#{port}"); texts.each_with_index { |t, i| m.set("dalli#{i}", t) }`, open: record.Dalli},
		{name: "gzip", program: []string{testenv.Ruby(t, "dalli"), "-e"}, script: `require "json"; require "dalli"; host, port, texts = JSON.parse($stdin.read);
			m = Dalli::Client.new("#{host}:#{port}", compressor: Dalli::GzipCompressor); texts.each_with_index { |t, i| m.set("gzip#{i}", t, 0, raw: true) }`, open: record.Dalli},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			run := exec.Command(c.program[0], append(c.program[1:], c.script)...)
			run.Stdin = bytes.NewReader(input)
			if output, err := run.CombinedOutput(); err != nil {
				t.Fatalf("%v: %s", err, output)
			}
			stored := 0
			for i, text := range all {
				value, flags := server.Value(fmt.Sprint(c.name, i))
				stored += len(value)
				got, err := c.open([]byte(value), flags)
				if err != nil || string(got) != text {
					t.Errorf("of %d bytes, flags %d: got %d bytes, %v", len(text), flags, len(got), err)
				}
			}
			if whole := len(strings.Join(all, "")); (stored >= whole) != c.unpacked {
				t.Errorf("%d bytes are stored as %d", whole, stored)
			}
		})
	}
}

func TestMemcachedFlags(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		open  func([]byte, uint32) ([]byte, error)
		data  string
		flags uint32
	}{
		"a number":                      {record.PHPMemcached, "42", 1},
		"an array":                      {record.PHPMemcached, "a:0:{}", 4},
		"compressed by what":            {record.PHPMemcached, "\x01\x00\x00\x00x", 1 << 4},
		"too short":                     {record.PHPMemcached, "\x01", 1<<4 | 1<<6},
		"too large":                     {record.PHPMemcached, "\xff\xff\xff\xff\x00x", 1<<4 | 1<<6},
		"another size":                  {record.PHPMemcached, "\x09\x00\x00\x00\x00x", 1<<4 | 1<<6},
		"another size, zlib":            {record.PHPMemcached, "\x09\x00\x00\x00x\x9c\x03\x00\x00\x00\x00\x01", 1<<4 | 1<<5},
		"an array, memcache":            {record.PHPMemcache, "a:0:{}", 1},
		"a number, memcache":            {record.PHPMemcache, "42", 0x300},
		"not compressed, memcache":      {record.PHPMemcache, "x", 2},
		"a number of Python":            {record.PythonMemcached, "42", 2},
		"not compressed, Python":        {record.PythonMemcached, "x", 8},
		"not Marshal":                   {record.Dalli, "x", 1},
		"not compressed but said to be": {record.Dalli, "x\x9cx", 2},
	} {
		if got, err := c.open([]byte(c.data), c.flags); err == nil {
			t.Errorf("%s: got %q", name, got)
		}
	}
	hash := "\x04\x08{\x06I\"\x07id\x06:\x06ETi/"
	if got, err := record.Dalli([]byte(hash), 1); err != nil || string(got) != hash {
		t.Errorf("got %q, %v", got, err)
	}
}

func TestFastLZ(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ data, want string }{
		{"\x00x", "x"},
		{"\x02abc\x40\x02", "abcabca"[:7]},
		{"\x00a\xe0\x00\x00", "aaaaaaaaaa"},
		{"\x20a\x20\x00", "aaaa"},
	} {
		if got, err := record.FastLZ([]byte(c.data), len(c.want)); err != nil || string(got) != c.want {
			t.Errorf("%q: got %q, %v", c.data, got, err)
		}
		for _, size := range []int{-1, 0, len(c.want) - 1, len(c.want) + 1} {
			if got, err := record.FastLZ([]byte(c.data), size); err == nil {
				t.Errorf("%q of %d bytes: got %q", c.data, size, got)
			}
		}
	}
	for _, bad := range []string{"", "\x40x", "\x05x", "\x00a\x20", "\x00a\x20\x01", "\x00a\xe0", "\x20a\x3f\xff\x00"} {
		for size := range 20 {
			if got, err := record.FastLZ([]byte(bad), size); err == nil {
				t.Errorf("%q: got %q", bad, got)
			}
		}
	}
}

// Whatever is in memcached is of the size that it says, or nothing.
func FuzzMemcachedValue(f *testing.F) {
	f.Add([]byte("\x07\x00\x00\x00\x02abc\x40\x02"), uint32(1<<4|1<<6))
	f.Add([]byte("\x04\x00\x00\x00\x20a\x20\x00"), uint32(1<<4|1<<6))
	f.Add([]byte("\x00\x00\x00\x00x\x9c\x03\x00\x00\x00\x00\x01"), uint32(1<<4|1<<5))
	f.Add([]byte("\x04\bI\"\x06x\x06:\x06ET"), uint32(1))
	f.Fuzz(func(t *testing.T, data []byte, flags uint32) {
		for _, open := range []func([]byte, uint32) ([]byte, error){record.PHPMemcached, record.PHPMemcache, record.PythonMemcached, record.Dalli} {
			if got, err := open(data, flags); err == nil && len(got) > record.MaxRecord && len(got) > len(data) {
				t.Errorf("%d bytes of %d", len(got), len(data))
			}
		}
		if len(data) > 2 {
			size := int(data[0]) | int(data[1])<<8
			if got, err := record.FastLZ(data[2:], size); err == nil && len(got) != size {
				t.Errorf("%d bytes, not %d", len(got), size)
			}
		}
	})
}
