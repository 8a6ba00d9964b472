package session

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"time"
)

// A keyFile is a file of public keys, here or at the end of a URL, or a folder of such.
type keyFile struct {
	at     url.URL
	client *http.Client
}

const (
	maxKeyFile     = 256 << 10 // bytes
	keyFileTimeout = 5 * time.Second
)

// newKeyFile does not follow redirects, which could lead from https to http.
func newKeyFile(at url.URL) keyFile {
	return keyFile{at, &http.Client{
		Timeout:       keyFileTimeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// errNoKeyFile says that the server answered, and that it has no such file.
type errNoKeyFile int

func (status errNoKeyFile) Error() string { return fmt.Sprintf("answered with status %d", int(status)) }

// read returns the content of the file, or of the one of that name in the folder.
func (f keyFile) read(name string) ([]byte, error) {
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
		return nil, fmt.Errorf("%s: %w", f.at.Redacted(), errNoKeyFile(answer.StatusCode))
	}
	return readKeys(answer.Body)
}

func readKeys(from io.ReadCloser) ([]byte, error) {
	defer from.Close()
	text, err := io.ReadAll(io.LimitReader(from, maxKeyFile+1))
	if err == nil && len(text) > maxKeyFile {
		err = fmt.Errorf("keys of more than %d bytes", maxKeyFile)
	}
	return text, err
}
