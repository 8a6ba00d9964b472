package inject

import (
	"slices"
	"testing"
)

func TestAskable(t *testing.T) {
	for _, c := range []struct {
		sent, want string
		plain      bool
	}{
		{sent: "gzip, deflate, br, zstd", want: "gzip, deflate, br, zstd"},
		{sent: "gzip,deflate;q=0.5 ,identity", want: "gzip,deflate;q=0.5 ,identity"},
		{sent: "gzip, deflate, br, zstd, dcb, dcz", want: "gzip, deflate, br, zstd"},
		{sent: "GZIP;q=0.8, compress", want: "GZIP;q=0.8"},
		{sent: "compress, sdch", want: "identity"},
		{sent: "*", want: "zstd, gzip, br, deflate"},
		{sent: "br, *;q=0.1", want: "br, zstd;q=0.1, gzip;q=0.1, deflate;q=0.1"},
		{sent: "gzip, *; q=0.1", want: "gzip, zstd; q=0.1, br; q=0.1, deflate; q=0.1"},
		{sent: "gzip;q=0, *", want: "gzip;q=0, zstd, br, deflate"},
		{sent: "gzip, *;q=0", want: "gzip, *;q=0"},
		{sent: "", want: ""},
		{sent: "gzip, br", plain: true, want: "identity"},
	} {
		if got := askable([]string{c.sent}, c.plain); !slices.Equal(got, []string{c.want}) {
			t.Errorf("%q (plain %v): %q, want %q", c.sent, c.plain, got, c.want)
		}
	}
}

func TestGzipFirst(t *testing.T) {
	for _, c := range []struct{ sent, want string }{
		{"gzip, deflate, br, zstd", "gzip, deflate;q=0.9, br;q=0.9, zstd;q=0.9"},
		{"br,GZIP", "GZIP, br;q=0.9"},
		{"zstd, x-gzip", "x-gzip, zstd;q=0.9"},
		{"gzip", "gzip"},
		{"br, zstd", "br, zstd"},
		{"gzip;q=0.5, br", "gzip;q=0.5, br"},
		{"gzip, *;q=0", "gzip, *;q=0"},
		{"identity", "identity"},
		{"", ""},
	} {
		if got := gzipFirst([]string{c.sent}); !slices.Equal(got, []string{c.want}) {
			t.Errorf("%q: %q, want %q", c.sent, got, c.want)
		}
	}
}

func TestLeaves(t *testing.T) {
	for _, c := range []struct {
		accept   string
		compress Compression
		came     coding
		want     coding
	}{
		{"gzip, deflate, br, zstd", "", identity, identity},
		{"gzip, deflate, br, zstd", CompressKeep, gzipCoding, gzipCoding},
		{"gzip, deflate, br, zstd", CompressKeep, brotliCoding, brotliCoding},
		{"gzip, deflate, br, zstd", CompressKeep, deflateCoding, deflateCoding},
		{"gzip, deflate", CompressKeep, brotliCoding, gzipCoding},
		{"", CompressKeep, gzipCoding, identity},
		{"br", CompressKeep, gzipCoding, brotliCoding},
		{"gzip;q=0", CompressKeep, gzipCoding, identity},
		{"*", CompressKeep, gzipCoding, gzipCoding},
		{"*;q=0", CompressKeep, gzipCoding, identity},
		{"identity, gzip;q=0.5", CompressProxy, identity, identity},
		{"identity;q=0.5, gzip", CompressProxy, identity, gzipCoding},
		{"gzip, deflate, br, zstd", CompressProxy, identity, zstdCoding},
		{"gzip, deflate", CompressProxy, identity, gzipCoding},
		{"gzip;q=0.5, br", CompressProxy, identity, brotliCoding},
		{"x-gzip", CompressProxy, identity, gzipCoding},
		{"", CompressProxy, identity, identity},
		{"gzip;q=nonsense", CompressProxy, identity, identity},
		{"gzip, br", CompressProxy, brotliCoding, brotliCoding},
		{"gzip, br", CompressNever, gzipCoding, identity},
		{"gzip, br", CompressNever, identity, identity},
		{"gzip, identity;q=0", CompressNever, gzipCoding, gzipCoding},
	} {
		takes := acceptanceOf([]string{c.accept})
		if got := (&Transport{Compress: c.compress}).leaves(c.came, takes); got != c.want {
			t.Errorf("accept %q, mode %q, came %v: %v, want %v", c.accept, c.compress, c.came, got, c.want)
		}
	}
}
