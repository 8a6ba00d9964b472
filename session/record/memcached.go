package record

import (
	"encoding/binary"
	"errors"
	"fmt"
)

var errNotText = errors.New("its flags say that it is no text")

// PHPMemcached opens what the class Memcached of PHP's extension memcached has stored as a text (php_memcached.c): a type in the lowest
// four bits of the flags, and how it is compressed in those above, with the size in front in the byte order of the usual machines.
func PHPMemcached(data []byte, flags uint32) ([]byte, error) {
	const (
		kind               = 0x0f // 0: a text
		compressed         = 1 << 4
		zlib, fastlz, zstd = 1 << 5, 1 << 6, 1 << 7
	)
	if flags&kind != 0 {
		return nil, errNotText
	}
	if flags&compressed == 0 {
		return data, nil
	}
	if len(data) < 4 {
		return nil, errors.New("compressed, but ends too soon")
	}
	size := binary.LittleEndian.Uint32(data)
	if size > MaxRecord {
		return nil, fmt.Errorf("of more than %d bytes", MaxRecord)
	}
	opened, err := []byte(nil), errors.New("compressed in a way that is not known")
	switch data = data[4:]; {
	case flags&fastlz != 0:
		return FastLZ(data, int(size))
	case flags&zlib != 0:
		opened, err = Inflate(data)
	case flags&zstd != 0:
		opened, err = Unpacked(data)
	}
	if err == nil && len(opened) != int(size) {
		err = errors.New("of another size than it says")
	}
	return opened, err
}

// PHPMemcache is the same of PHP's extension memcache (memcache_pool.c): serialized, compressed by zlib, and above these a type.
func PHPMemcache(data []byte, flags uint32) ([]byte, error) {
	const serialized, compressed, kind = 1, 2, 0x0f00
	switch {
	case flags&(serialized|kind) != 0:
		return nil, errNotText
	case flags&compressed != 0:
		return Inflate(data)
	}
	return data, nil
}

// PythonMemcached is the same of pylibmc, python-memcached and pymemcache, which agree on them: what is there is a pickle, a text or bytes,
// as looks tell, unless it is a number; and it may be compressed by zlib.
func PythonMemcached(data []byte, flags uint32) ([]byte, error) {
	const integer, long, compressed = 2, 4, 8
	switch {
	case flags&(integer|long) != 0:
		return nil, errors.New("its flags say that it is a number")
	case flags&compressed != 0:
		return Inflate(data)
	}
	return data, nil
}

// Dalli is the same of Ruby's dalli, which compresses by zlib unless the site has chosen gzip. A text that was given to Marshal is taken out
// of it again: since Rails 7.0, caches write texts.
func Dalli(data []byte, flags uint32) ([]byte, error) {
	const serialized, compressed = 1, 2
	if flags&compressed != 0 {
		opened, err := Unpacked(data)
		if err != nil {
			return nil, err
		}
		data = opened
	}
	if flags&serialized == 0 {
		return data, nil
	}
	value, err := ParseMarshal(data)
	if err != nil {
		return nil, err
	}
	switch text := value.(type) {
	case string:
		return []byte(text), nil
	case []byte:
		return text, nil
	}
	return data, nil
}
