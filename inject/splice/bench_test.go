package splice

import (
	"bytes"
	"fmt"
	"io"
	"testing"
)

// BenchmarkInsert measures a page of a site that compresses at the usual level, with the place in its head.
func BenchmarkInsert(b *testing.B) {
	for _, size := range []int{2 << 10, 30 << 10, 150 << 10, 1 << 20} {
		b.Run(fmt.Sprintf("%dKB", size>>10), func(b *testing.B) {
			page := samplePage(size)
			stream := compress(b, 6, page)
			offset := bytes.Index(page, []byte("</head>"))
			z, source := new(Reader), new(bytes.Reader)
			added := 0
			b.ReportAllocs()
			for b.Loop() {
				source.Reset(stream)
				z.Reset(source, 64<<10)
				if _, err := z.Decode(); err != nil && err != io.EOF {
					b.Fatal(err)
				}
				if err := z.Insert(offset, []byte(insertion)); err != nil {
					b.Fatal(err)
				}
				n, err := io.Copy(io.Discard, z)
				if err != nil {
					b.Fatal(err)
				}
				added = int(n) - len(stream)
			}
			b.ReportMetric(float64(added-len(insertion)), "extra-bytes")
			b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N), "us/page")
		})
	}
}
