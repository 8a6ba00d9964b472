package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"tawkproxy/session"
)

// NoID is an id that no session has.
const NoID = "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"

// Try asks a store for a key that it does not have, one of [NoID]. The error says why it cannot be read. Doubt says what may be wrong
// all the same, by what else stands there: "" where all looks well, and where there is no telling.
func Try(ctx context.Context, s Store, key string) (doubt string, err error) {
	if several, ok := s.(*Memcached); ok {
		return several.try(ctx, key)
	}
	_, err = s.Get(ctx, key)
	if _, certain := session.NobodyReason(err); certain {
		err = nil
	}
	files, ok := s.(*Files)
	switch {
	case !ok:
		return "", err
	case errors.Is(err, fs.ErrPermission):
		return "", fmt.Errorf("%w%s", err, strangers(files.Dir))
	case err != nil:
		return "", err
	}
	return files.look(key)
}

const (
	mostListed = 1 << 12 // files of a folder that are looked at
	mostOpened = 20      // of which so many are opened
)

// look opens files of the folder that may be sessions: those whose names begin as the key does.
func (f *Files) look(key string) (doubt string, err error) {
	beginning, _, _ := strings.Cut(key, NoID)
	if strings.Contains(key, "/") {
		return "", nil // there are folders in the folder
	}
	folder, err := os.Open(f.Dir)
	if err != nil { // Debian lets nobody list that of PHP's sessions; files in it may be readable to whom knows their names
		return "it cannot be listed" + strangers(f.Dir) + "; whether the files in it can be read is not known without a cookie", nil
	}
	defer folder.Close()
	names, _ := folder.Readdirnames(mostListed)
	names = slices.DeleteFunc(names, func(name string) bool { return !strings.HasPrefix(name, beginning) || strings.HasPrefix(name, ".") })
	if len(names) == 0 {
		return "no session is in it yet", nil
	}
	for _, name := range names[:min(len(names), mostOpened)] {
		file, opened := os.OpenFile(filepath.Join(f.Dir, name), os.O_RDONLY|openFlags, 0)
		if opened == nil {
			file.Close()
			return "", nil
		}
		if errors.Is(opened, fs.ErrPermission) {
			err = fmt.Errorf("the files in it: %w%s", fs.ErrPermission, strangers(filepath.Join(f.Dir, name)))
		}
	}
	return "", err
}
