package cert

import (
	"crypto/tls"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"sync"
	"sync/atomic"
	"time"
)

// lookEvery is how often the files are looked at, at most. Nobody looks while no visitor comes.
const lookEvery = time.Second

// Files is a certificate with its key in two PEM files, which are read again when they have changed. A pair that cannot be used takes
// the place of none.
type Files struct {
	cert, key string
	log       *slog.Logger
	current   atomic.Pointer[tls.Certificate]
	looked    atomic.Int64 // when, in nanoseconds of the Unix time
	expiring  expiring

	mu   sync.Mutex
	seen [2]fs.FileInfo // when they were read; nil: could not be
	told bool           // of what is wrong with these
	bad  bool           // something is
}

// Open reads the files. Errors are a [FileError].
func Open(cert, key string, log *slog.Logger) (*Files, error) {
	f := &Files{cert: cert, key: key, log: log, expiring: newExpiring(log)}
	pair, err := f.read()
	if err != nil {
		return nil, err
	}
	f.take(pair)
	return f, nil
}

// A FileError is what is wrong with one of the files.
type FileError struct {
	Key    bool // it is that of the key
	Err    error
	Remedy string
}

func (e *FileError) Error() string { return e.Err.Error() }
func (e *FileError) Unwrap() error { return e.Err }

// GetCertificate is the field of its name in [tls.Config].
func (f *Files) GetCertificate(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	now := time.Now()
	if last := f.looked.Load(); now.Sub(time.Unix(0, last)) >= lookEvery && f.looked.CompareAndSwap(last, now.UnixNano()) {
		f.look()
	}
	pair := f.current.Load()
	f.expiring.look(pair, now)
	return pair, nil
}

// look reads the files if they are not those that were read last. One is written after the other, so a pair that cannot be used is told
// only if it still cannot the next time.
func (f *Files) look() {
	f.mu.Lock()
	defer f.mu.Unlock()
	changed := f.changed()
	if !changed && (!f.bad || f.told) {
		return
	}
	pair, err := f.read()
	switch {
	case err == nil:
		f.take(pair)
	case changed:
		f.bad, f.told = true, false
	default:
		f.tell(err)
	}
}

// Read reads the files now, and says what came of it.
func (f *Files) Read() {
	f.mu.Lock()
	defer f.mu.Unlock()
	pair, err := f.read()
	if err != nil {
		f.tell(err)
		return
	}
	f.take(pair)
}

func (f *Files) changed() bool {
	for i, name := range []string{f.cert, f.key} {
		now, err := os.Stat(name)
		last := f.seen[i]
		if err != nil || last == nil {
			if (err != nil) != (last == nil) {
				return true
			}
			continue
		}
		if !os.SameFile(now, last) || now.Size() != last.Size() || !now.ModTime().Equal(last.ModTime()) {
			return true
		}
	}
	return false
}

// take lets a pair count from now on.
func (f *Files) take(pair *tls.Certificate) {
	last := f.current.Swap(pair)
	f.bad, f.told = false, false
	if last == nil || !last.Leaf.Equal(pair.Leaf) {
		f.log.Info("the certificate for browsers", "names", names(pair.Leaf), "until", pair.Leaf.NotAfter)
	}
}

func (f *Files) tell(err error) {
	f.bad, f.told = true, true
	wrong, _ := errors.AsType[*FileError](err)
	setting := "TAWK_TLS_CERT"
	if wrong.Key {
		setting = "TAWK_TLS_KEY"
	}
	f.log.Error("a new certificate cannot be used, so the one before stays", "setting", setting, "cause", wrong.Err, "remedy", wrong.Remedy,
		"until", f.current.Load().Leaf.NotAfter)
}

const (
	certRemedy = "write the path of a PEM file with the certificate and those between it and its authority, often fullchain.pem"
	keyRemedy  = "write the path of the PEM file with the certificate's own key, without a password, often privkey.pem"
)

// read makes a pair out of the files, and notes which files they were.
func (f *Files) read() (*tls.Certificate, error) {
	cert, err := f.content(0, f.cert)
	if err != nil {
		return nil, &FileError{false, fmt.Errorf("the file cannot be read (%w)", pathless(err)), certRemedy}
	}
	key, err := f.content(1, f.key)
	if err != nil {
		return nil, &FileError{true, fmt.Errorf("the file cannot be read (%w)", pathless(err)), keyRemedy}
	}
	return Parse(cert, key)
}

func (f *Files) content(i int, name string) ([]byte, error) {
	f.seen[i] = nil
	info, err := os.Stat(name)
	if err != nil {
		return nil, err
	}
	content, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	f.seen[i] = info // from before: a change while it was read is noticed the next time
	return content, nil
}

func pathless(err error) error {
	if failure, ok := errors.AsType[*fs.PathError](err); ok {
		return failure.Err
	}
	return err
}
