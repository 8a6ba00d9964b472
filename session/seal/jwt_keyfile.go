package seal

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"time"
)

// A KeyFile is a file of public keys, here or at the end of a URL, or a folder of such.
type KeyFile struct {
	at     url.URL
	client *http.Client
}

const (
	MaxKeyFile     = 256 << 10 // bytes
	keyFileTimeout = 5 * time.Second
)

// NewKeyFile does not follow redirects, which could lead from https to http.
func NewKeyFile(at url.URL) KeyFile {
	return KeyFile{at, &http.Client{
		Timeout:       keyFileTimeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// ErrNoKeyFile says that the server answered, and that it has no such file.
type ErrNoKeyFile int

func (status ErrNoKeyFile) Error() string { return fmt.Sprintf("answered with status %d", int(status)) }

// Read returns the content of the file, or of the one of that name in the folder.
func (f KeyFile) Read(name string) ([]byte, error) {
	if f.at.Scheme == "file" {
		file, err := os.Open(f.at.Path + name)
		if err != nil {
			return nil, err
		}
		return readKeys(file)
	}
	answer, err := f.client.Get(f.at.String() + name)
	if err != nil {
		return nil, err
	}
	if answer.StatusCode != http.StatusOK {
		answer.Body.Close()
		return nil, fmt.Errorf("%s: %w", f.at.Redacted(), ErrNoKeyFile(answer.StatusCode))
	}
	return readKeys(answer.Body)
}

func readKeys(from io.ReadCloser) ([]byte, error) {
	defer from.Close()
	text, err := io.ReadAll(io.LimitReader(from, MaxKeyFile+1))
	if err == nil && len(text) > MaxKeyFile {
		err = fmt.Errorf("keys of more than %d bytes", MaxKeyFile)
	}
	return text, err
}
