// Package folder reads the folder of an application, for whoever looks for its settings: files as data, of bounded size, and nothing
// that lies outside of it. Nothing in it is executed.
//
//	folder.go     the files
//	dotenv.go     files of variables, as Laravel and Symfony have them
//	address.go    addresses of databases and of Redis, made of their parts
package folder

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// Bounds of what is read: of one file, and of all together.
const (
	maxFile  = 2 << 20
	maxTotal = 64 << 20
)

// A Folder is one of an application. It remembers which files were there and could not be read.
type Folder struct {
	files   fs.FS
	path    string
	machine fs.FS
	environ []string
	left    int64 // bytes that may still be read
	trouble []string
	close   func() error
}

// Open opens a folder of this machine. Links that lead out of it are not followed. Environ is the environment that the application is
// thought to have, as NAME=VALUE, and machine everything on this machine, for what no application has in its folder.
func Open(name string, machine fs.FS, environ []string) (*Folder, error) {
	absolute, err := filepath.Abs(name)
	if err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(absolute)
	if err != nil {
		return nil, err
	}
	f := New(root.FS(), filepath.ToSlash(absolute), machine, environ)
	f.close = root.Close
	return f, nil
}

// New is [Open] for files that are open already, and that seem to lie at a path.
func New(files fs.FS, path string, machine fs.FS, environ []string) *Folder {
	return &Folder{files: files, path: path, machine: machine, environ: environ, left: maxTotal, close: func() error { return nil }}
}

// Close ends the use of the folder.
func (f *Folder) Close() error { return f.close() }

// Path is the absolute path of a file in the folder.
func (f *Folder) Path(name string) string {
	if path.IsAbs(name) {
		return path.Clean(name)
	}
	return path.Join(f.path, name)
}

// Env is a variable of the application's environment, as far as that is known.
func (f *Folder) Env(name string) (string, bool) {
	for _, entry := range slices.Backward(f.environ) {
		if value, ok := strings.CutPrefix(entry, name+"="); ok {
			return value, true
		}
	}
	return "", false
}

// Trouble says which files were there and could not be read, and why.
func (f *Folder) Trouble() []string { return f.trouble }

// Has tells whether there is a file, a folder or a link of that name.
func (f *Folder) Has(name string) bool {
	_, err := fs.Lstat(f.files, name)
	return err == nil
}

// Text is what a file says, or nothing where there is none or it cannot be read.
func (f *Folder) Text(name string) string {
	text, err := f.read(f.files, name)
	if err != nil && f.Has(name) {
		f.complain(name, err)
	}
	return text
}

// complain remembers once why a file could not be read.
func (f *Folder) complain(name string, err error) {
	said := fmt.Sprintf("%s: %v", name, cause(err))
	if target, linked := fs.ReadLink(f.files, name); linked == nil && !errors.Is(err, fs.ErrPermission) {
		said = fmt.Sprintf("%s is a link to %s, and links that lead out of the folder are not followed", name, target)
	}
	if !slices.Contains(f.trouble, said) {
		f.trouble = append(f.trouble, said)
	}
}

// cause is an error without the path, which stands beside it.
func cause(err error) error {
	if failed, ok := errors.AsType[*fs.PathError](err); ok {
		return failed.Err
	}
	return err
}

// Machine is what a file of the machine says, by its path without the slash at its front; nothing where it cannot be read.
func (f *Folder) Machine(name string) string {
	text, _ := f.read(f.machine, name)
	return text
}

// OnMachine lists what there is on the machine that matches a pattern of [path.Match], in order.
func (f *Folder) OnMachine(pattern string) []string {
	if f.machine == nil {
		return nil
	}
	found, _ := fs.Glob(f.machine, pattern)
	return found
}

var errTooLarge = errors.New("is larger than a file of settings")

func (f *Folder) read(files fs.FS, name string) (string, error) {
	if files == nil || !fs.ValidPath(name) {
		return "", fs.ErrNotExist
	}
	about, err := fs.Stat(files, name) // before it is opened: to open a pipe may wait for ever
	if err != nil {
		return "", err
	}
	if !about.Mode().IsRegular() {
		return "", errors.New("is not a file")
	}
	if about.Size() > min(maxFile, f.left) {
		return "", errTooLarge
	}
	file, err := files.Open(name)
	if err != nil {
		return "", err
	}
	defer file.Close()
	text, err := io.ReadAll(io.LimitReader(file, min(maxFile, f.left)))
	f.left -= int64(len(text))
	return string(text), err
}

// Names lists the files that match a pattern of [path.Match], in order.
func (f *Folder) Names(pattern string) []string {
	found, _ := fs.Glob(f.files, pattern)
	return found
}

// Bounds of a walk.
const (
	maxVisited = 20_000
	maxDepth   = 8
)

// Walk calls see with each file whose name ends so, until it returns false. What others have written is left out: vendor and the like.
func (f *Folder) Walk(from, suffix string, see func(name, text string) bool) {
	visited := 0
	_ = fs.WalkDir(f.files, from, func(name string, entry fs.DirEntry, err error) error {
		visited++
		switch {
		case visited > maxVisited:
			return fs.SkipAll
		case err != nil:
			return nil
		case entry.IsDir():
			if name != from && (foreign(entry.Name()) || strings.Count(name, "/") >= maxDepth) {
				return fs.SkipDir
			}
			return nil
		case !strings.HasSuffix(name, suffix):
			return nil
		}
		text, err := f.read(f.files, name)
		if err == nil && !see(name, text) {
			return fs.SkipAll
		}
		return nil
	})
}

// foreign tells folders that hold what others have written, or what a program has made.
func foreign(name string) bool {
	return strings.HasPrefix(name, ".") || slices.Contains([]string{"vendor", "node_modules", "var", "cache", "tmp", "test", "tests", "spec",
		"migrations", "site-packages", "venv"}, name)
}
