package inject

import (
	"fmt"
	"io"
	"net"
	"net/http"
)

// A splice is a page with the element in it: its first bytes as they go out, then the rest as it comes.
type splice struct {
	held net.Buffers
	rest io.Reader
	end  error // how the page ended, if it has
}

func (s *splice) Read(p []byte) (int, error) {
	switch {
	case len(s.held) > 0:
		n, _ := s.held.Read(p)
		if len(s.held) == 0 {
			return n, s.end
		}
		return n, nil
	case s.end != nil:
		return 0, s.end
	}
	n, err := s.rest.Read(p)
	s.end = err
	return n, err
}

// An inserted is the body of an answer that was inserted into.
type inserted struct {
	page   io.Reader // in the coding in which it leaves
	site   io.Closer
	answer *http.Response
	end    error  // how it ended, if it has
	spent  func() // gives back what the page was made with: only after a clean end is nobody else at it
}

// Read turns a panic into an error. The header promised another page than the site's, so there is no way back: the reverse proxy
// aborts the transfer, and the browser knows that it did not get all of it.
func (b *inserted) Read(p []byte) (n int, err error) {
	defer func() {
		if fault := recovered(recover()); fault != nil {
			b.end = fmt.Errorf("inserted page: %w", fault)
			n, err = 0, b.end
		}
	}()
	if b.end != nil {
		return 0, b.end
	}
	n, b.end = b.page.Read(p)
	if b.end == io.EOF {
		remove(b.answer.Trailer, ofOtherBytes)
		b.spent()
	}
	return n, b.end
}

func (b *inserted) Close() error { return b.site.Close() }
