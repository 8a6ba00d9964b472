package splice

import (
	"bytes"
	"hash/crc32"
	"math/rand/v2"
	"testing"
)

// TestChange compares checksums from algebra with those of the text.
func TestChange(t *testing.T) {
	page := samplePage(70 << 10)
	for _, a := range []int{0, 1, 100, 3000} {
		for _, b := range []int{0, 1, 7, 1000, 65535, 65536} {
			for _, added := range []int{0, 1, 400, 5000} {
				before, s, behind := page[:a], page[500:500+added], page[a:a+b]
				whole := append(bytes.Clone(before), behind...)
				crc, length := newChange(before, [][]byte{s[:added/2], s[added/2:]}).apply(crc32.ChecksumIEEE(whole), uint32(len(whole)))
				whole = append(append(bytes.Clone(before), s...), behind...)
				if crc != crc32.ChecksumIEEE(whole) || int(length) != len(whole) {
					t.Errorf("%d bytes between %d and %d: %08x %d, want %08x %d", added, a, b, crc, length, crc32.ChecksumIEEE(whole), len(whole))
				}
			}
		}
	}
}

// TestBits copies and writes at every alignment.
func TestBits(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	source := make([]byte, 100)
	for i := range source {
		source[i] = byte(random.Uint32())
	}
	bit := func(b []byte, at int) byte { return b[at/8] >> (at % 8) & 1 }
	for range 20000 {
		from := random.IntN(len(source) * 8)
		to := from + random.IntN(len(source)*8-from+1)
		lead := random.IntN(57)
		var w bitWriter
		w.write(1<<lead-1, lead)
		w.copy(source, from, to)
		w.align()
		if want := (lead + to - from + 7) / 8; len(w.bytes) != want {
			t.Fatalf("bits %d to %d behind %d: %d bytes, want %d", from, to, lead, len(w.bytes), want)
		}
		for i := range len(w.bytes) * 8 {
			want := byte(0)
			switch {
			case i < lead:
				want = 1
			case i < lead+to-from:
				want = bit(source, from+i-lead)
			}
			if bit(w.bytes, i) != want {
				t.Fatalf("bits %d to %d behind %d: bit %d is wrong", from, to, lead, i)
			}
		}
	}
	for at := range len(source)*8 + 1 {
		x := load(source, at)
		for i := range loadable {
			want := byte(0)
			if at+i < len(source)*8 {
				want = bit(source, at+i)
			}
			if byte(x>>i&1) != want {
				t.Fatalf("bit %d loaded at %d is wrong", i, at)
			}
		}
	}
}

// TestCodesOfMatches has the code of every length and distance mean what it is for.
func TestCodesOfMatches(t *testing.T) {
	for length := shortestMatch; length <= longestMatch; length++ {
		i, extra, size := lengthCode(length)
		s := literalSymbol(i)
		if s&(literal|endOfBlock|unused) != 0 || s.value()+extra != length || s.extra() != size {
			t.Errorf("length %d: code %d, %d extra bits %x", length, i, size, extra)
		}
	}
	for distance := 1; distance <= reach; distance++ {
		i, extra, size := distanceCode(distance)
		s := distanceSymbol(i)
		if s&unused != 0 || s.value()+extra != distance || s.extra() != size {
			t.Errorf("distance %d: code %d, %d extra bits %x", distance, i, size, extra)
		}
	}
}

// TestTables has lengths of codes that make a table, and that make none (RFC 1951 section 3.2.2, and zlib's inftrees.c for what
// is incomplete).
func TestTables(t *testing.T) {
	for _, c := range []struct {
		name    string
		lengths []uint8
		want    bool
	}{
		{"none", []uint8{0, 0, 0}, true},
		{"one", []uint8{0, 1, 0}, true},
		{"one, long", []uint8{0, 2, 0}, false},
		{"two", []uint8{1, 1}, true},
		{"three of one bit", []uint8{1, 1, 1}, false},
		{"the example of the RFC", []uint8{3, 3, 3, 3, 3, 2, 4, 4}, true},
		{"incomplete", []uint8{3, 3, 3, 3, 3, 2, 4}, false},
		{"longest", []uint8{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 15}, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := new(huffman)
			if got := h.build(c.lengths, literalSymbol); got != c.want {
				t.Fatalf("a table: %v", got)
			}
			if !c.want {
				return
			}
			for i, n := range c.lengths {
				code := h.codes[i]
				if code.size != n {
					t.Errorf("code %d has %d bits", i, code.size)
				}
				if s := h.find(uint64(code.bits)); n > 0 && (s.value() != i || s.bits() != int(n)) {
					t.Errorf("code %d is taken for %d", i, s.value())
				}
			}
		})
	}
}
