package splice

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"io"
	"math/rand/v2"
	"slices"
	"testing"
)

// An anyStream makes streams that no encoder makes, but that every decoder must take: blocks of each kind in any order, tables with
// just the codes that are needed, or more, of any length, matches of any length and distance whether they pay or not.
type anyStream struct {
	*rand.Rand
	out  bitWriter
	page []byte // of all members
	from int    // where the member begins
}

// newAnyStream returns a stream and its page, which has about the size.
func newAnyStream(seed uint64, size int) (stream, page []byte) {
	g := &anyStream{Rand: rand.New(rand.NewPCG(seed, 0))}
	for range 1 + g.IntN(3)/2 {
		g.member(size)
	}
	return g.out.bytes, g.page
}

func (g *anyStream) member(size int) {
	header := []byte{0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0}
	if g.IntN(4) == 0 {
		header[3] = hasExtra | hasName | hasComment
		header = append(header, "\x03\x00abcname\x00\x00"...)
	}
	g.out.bytes = append(g.out.bytes, header...)
	g.from = len(g.page)
	for size = len(g.page) + g.IntN(size+1); ; {
		final := len(g.page) >= size
		g.block(final)
		if final {
			break
		}
	}
	g.out.align()
	text := g.page[g.from:]
	g.out.bytes = binary.LittleEndian.AppendUint32(g.out.bytes, crc32.ChecksumIEEE(text))
	g.out.bytes = binary.LittleEndian.AppendUint32(g.out.bytes, uint32(len(text)))
}

func (g *anyStream) block(final bool) {
	last := uint64(0)
	if final {
		last = 1
	}
	kind := g.IntN(3)
	if kind == stored {
		n := []int{0, 1, g.IntN(300), g.IntN(maxStored + 1)}[g.IntN(4)*g.IntN(4)%4]
		g.out.storedHeader(n, final)
		for range n {
			g.page = append(g.page, byte('a'+g.IntN(20)))
		}
		g.out.bytes = append(g.out.bytes, g.page[len(g.page)-n:]...)
		return
	}
	tokens := g.tokens()
	lengths, distances := make([]uint8, 288), make([]uint8, 32)
	g.out.write(last|uint64(kind)<<1, 3)
	if kind == fixed {
		for i := range lengths {
			lengths[i] = []uint8{8, 9, 7, 8}[b2i(i > 143)+b2i(i > 255)+b2i(i > 279)]
		}
		for i := range distances {
			distances[i] = 5
		}
	} else {
		lengths, distances = lengths[:286], distances[:30]
		usedLengths, usedDistances := map[int]bool{endSymbol: true}, map[int]bool{}
		for _, t := range tokens {
			usedLengths[t.symbol] = true
			if t.distance > 0 {
				i, _, _ := distanceCode(t.distance)
				usedDistances[i] = true
			}
		}
		for range g.IntN(3) * g.IntN(40) {
			usedLengths[g.IntN(286)] = true
			usedDistances[g.IntN(30)] = true
		}
		g.codes(lengths, usedLengths, maxCodeBits)
		g.codes(distances, usedDistances, maxCodeBits)
		g.table(lengths, distances)
	}
	var literals, back huffman
	if !literals.build(lengths, literalSymbol) || !back.build(distances, distanceSymbol) {
		panic("no table")
	}
	put := func(c code) {
		if c.size == 0 {
			panic("no code")
		}
		g.out.write(uint64(c.bits), int(c.size))
	}
	for _, t := range tokens {
		put(literals.codes[t.symbol])
		g.out.write(uint64(t.extra), t.bits)
		if t.distance > 0 {
			i, extra, n := distanceCode(t.distance)
			put(back.codes[i])
			g.out.write(uint64(extra), n)
		}
	}
	put(literals.codes[endSymbol])
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

type anyToken struct{ symbol, extra, bits, distance int }

// tokens adds text to the page, and returns how it is written.
func (g *anyStream) tokens() (tokens []anyToken) {
	alphabet := 1 + g.IntN(3)*g.IntN(128)
	onlyMatches := g.IntN(3) == 0
	farthest := []int{1, 300, reach}[g.IntN(3)]
	for range []int{0, 1, g.IntN(30), g.IntN(900)}[g.IntN(4)] {
		known := min(reach, len(g.page)-g.from)
		if known == 0 || !onlyMatches && g.IntN(3) > 0 {
			c := byte('A' + g.IntN(alphabet))
			g.page = append(g.page, c)
			tokens = append(tokens, anyToken{symbol: int(c)})
			continue
		}
		length := []int{3, 4, 258, 257, 3 + g.IntN(20), 3 + g.IntN(256)}[g.IntN(6)]
		distance := 1 + g.IntN(min(known, farthest))
		if g.IntN(8) == 0 {
			distance = min(known, farthest)
		}
		symbol, extra, bits := lengthCode(length)
		if length == 258 && g.IntN(2) == 0 {
			symbol, extra, bits = 284, 31, 5 // the other way to say it
		}
		tokens = append(tokens, anyToken{symbol, extra, bits, distance})
		g.page = appendMatch(g.page, length, distance)
	}
	return tokens
}

// codes gives the used symbols codes of any lengths that make a complete table, or the one that has a single code.
func (g *anyStream) codes(lengths []uint8, used map[int]bool, most uint8) {
	if len(used) == 0 {
		return
	}
	leaves := []uint8{0}
	if len(used) == 1 {
		leaves[0] = 1
	}
	deep := g.IntN(2) == 0
	for len(leaves) < len(used) {
		i := g.IntN(len(leaves))
		if deep {
			i = len(leaves) - 1 - min(g.IntN(3), len(leaves)-1)
		}
		if leaves[i] == most {
			i = slices.Index(leaves, slices.Min(leaves))
		}
		leaves[i]++
		leaves = append(leaves, leaves[i])
	}
	g.Shuffle(len(leaves), func(i, j int) { leaves[i], leaves[j] = leaves[j], leaves[i] })
	n := 0
	for i := range lengths {
		if used[i] {
			lengths[i] = leaves[n]
			n++
		}
	}
}

// table writes the lengths of codes as the header of a block has them.
func (g *anyStream) table(lengths, distances []uint8) {
	trim := func(lengths []uint8, least int) []uint8 {
		for g.IntN(50) > 0 && len(lengths) > least && lengths[len(lengths)-1] == 0 {
			lengths = lengths[:len(lengths)-1]
		}
		return lengths
	}
	lengths, distances = trim(lengths, 257), trim(distances, 1)
	all := slices.Concat(lengths, distances)
	type step struct{ symbol, extra, bits int }
	var steps []step
	used := map[int]bool{}
	for i := 0; i < len(all); {
		run := 1
		for i+run < len(all) && all[i+run] == all[i] {
			run++
		}
		s := step{symbol: int(all[i])}
		n := 1
		switch {
		case g.IntN(8) == 0:
		case i > 0 && all[i] == all[i-1] && run >= 3 && g.IntN(2) == 0:
			n = min(run, 6)
			s = step{16, n - 3, 2}
		case all[i] == 0 && run >= 11:
			n = min(run, 138)
			s = step{18, n - 11, 7}
		case all[i] == 0 && run >= 3:
			n = min(run, 10)
			s = step{17, n - 3, 3}
		}
		steps = append(steps, s)
		used[s.symbol] = true
		i += n
	}
	for len(used) < 2 || g.IntN(2) == 0 {
		used[g.IntN(19)] = true
	}
	sizes := make([]uint8, 19)
	g.codes(sizes, used, 7)
	described := 19
	for described > 4 && sizes[lengthOrder[described-1]] == 0 {
		described--
	}
	g.out.write(uint64(len(lengths)-257)|uint64(len(distances)-1)<<5|uint64(described-4)<<10, 14)
	for _, i := range lengthOrder[:described] {
		g.out.write(uint64(sizes[i]), 3)
	}
	var table huffman
	if !table.build(sizes, func(i int) symbol { return newSymbol(i, 0) }) {
		panic("no table of tables")
	}
	for _, s := range steps {
		c := table.codes[s.symbol]
		g.out.write(uint64(c.bits), int(c.size))
		g.out.write(uint64(s.extra), s.bits)
	}
}

// TestAnyStream inserts bytes of any number anywhere into such streams, in pieces of any size.
func TestAnyStream(t *testing.T) {
	rounds := 300
	if testing.Short() {
		rounds = 40
	}
	z := new(Reader)
	other := newGunzip(t)
	for seed := range uint64(rounds) {
		r := rand.New(rand.NewPCG(seed, 1))
		stream, page := newAnyStream(seed, []int{10, 1000, 90 << 10}[r.IntN(3)])
		if got, err := decode(stream); err != nil || !bytes.Equal(got, page) {
			t.Fatalf("seed %d: the stream itself: %d bytes instead of %d, %v", seed, len(got), len(page), err)
		}
		offset := r.IntN(min(len(page), 20<<10) + 1)
		if r.IntN(10) == 0 {
			offset = min(len(page), 60<<10)
		}
		added := make([]byte, []int{0, 1, 3, 400, 400, 30000, 32768, 70000}[r.IntN(8)])
		for i := range added {
			added[i] = byte(i)
		}
		size := []int{1, 1, 1 + r.IntN(100), 1 + r.IntN(9000), 1 << 20}[r.IntN(5)] // of one: little behind the offset is known
		source := &pieces{stream: stream, size: size}
		result, err := insertWithin(z, source, 1<<20, offset, added)
		want := slices.Concat(page[:offset], added, page[offset:])
		if got, failed := decode(result); err != nil || failed != nil || !bytes.Equal(got, want) {
			t.Fatalf("seed %d, %d bytes at %d of %d: %v; %d bytes, %v", seed, len(added), offset, len(page), err, len(got), failed)
		}
		other.expect(result, want)
	}
	other.finish()
}

func insertWithin(z *Reader, stream io.Reader, limit, offset int, parts ...[]byte) ([]byte, error) {
	z.Reset(stream, limit)
	for text := []byte(nil); ; {
		var err error
		if text, err = z.Decode(); err != nil && err != io.EOF {
			return nil, err
		}
		if len(text) >= offset {
			break
		}
		if err == io.EOF {
			return nil, io.ErrShortBuffer
		}
	}
	if err := z.Insert(offset, parts...); err != nil {
		return nil, err
	}
	return io.ReadAll(z)
}
