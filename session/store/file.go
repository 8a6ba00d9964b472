package store

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"tawkproxy/session"
	"tawkproxy/session/record"
)

// Files is the [Store] that keeps each session in a file. A key is the file's path below Dir; a file that is a link is not
// read. Dir is looked up anew each time, so that a site may replace it.
type Files struct {
	Dir     string
	Timeout time.Duration // for each file; 0: as long as the request has
}

// Get implements [Store]. A folder on a network that hangs cannot be interrupted, so the file is read beside the request.
func (f *Files) Get(ctx context.Context, key string) (Record, error) {
	ctx, cancel := within(ctx, f.Timeout)
	defer cancel()
	type answer struct {
		record Record
		err    error
	}
	read := make(chan answer, 1)
	go func() {
		record, err := f.read(key)
		read <- answer{record, err}
	}()
	select {
	case a := <-read:
		return a.record, a.err
	case <-ctx.Done():
		return Record{}, fmt.Errorf("session file: %w", ctx.Err())
	}
}

func (f *Files) read(key string) (Record, error) {
	if !filepath.IsLocal(key) {
		return Record{}, Refusal{errors.New("session file: a key that leads out of the folder")}
	}
	// An os.Root would want to list the folder, and Debian lets nobody list that of PHP's sessions.
	file, err := os.OpenFile(filepath.Join(f.Dir, key), os.O_RDONLY|openFlags, 0)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENAMETOOLONG) {
		if _, err := os.Stat(f.Dir); err != nil {
			return Record{}, fmt.Errorf("folder of the session files: %w", err)
		}
		return Record{}, &session.Nobody{Reason: session.NoRecord}
	}
	if err != nil {
		return Record{}, fileError(err)
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return Record{}, fileError(err)
	}
	if !info.Mode().IsRegular() {
		return Record{}, session.Nobodyf(session.Malformed, "the session file is not a file")
	}
	data, err := io.ReadAll(io.LimitReader(file, record.MaxRecord+1))
	if err != nil {
		return Record{}, fileError(err)
	}
	if len(data) > record.MaxRecord {
		return Record{}, session.Nobodyf(session.Malformed, "the session file is larger than %d bytes", record.MaxRecord)
	}
	return Record{Data: data, Modified: info.ModTime()}, nil
}

// fileError drops the path, which holds the session's id.
func fileError(err error) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		return Refusal{fmt.Errorf("session file: %s: %w", path.Op, path.Err)}
	}
	return Refusal{errors.New("session file: cannot be read")}
}
