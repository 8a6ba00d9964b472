package config

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"strings"

	"tawkproxy/config/setting"
)

const (
	fileSuffix = "_FILE"  // of the variable that names the file with a value
	fileLimit  = 64 << 10 // bytes that such a file may have
)

// readFile reads a value from a file, without the line breaks at its end. Its errors do not repeat the path: some people
// put the secret itself there.
func readFile(path string) (string, error) {
	const remedy = "write the path of a file that holds the value and nothing else"
	file, err := os.Open(path)
	if err != nil {
		return "", setting.Wrong(remedy, "the file cannot be opened (%v)", withoutPath(err))
	}
	defer file.Close()
	content, err := io.ReadAll(io.LimitReader(file, fileLimit+1))
	if err != nil {
		return "", setting.Wrong(remedy, "the file cannot be read (%v)", withoutPath(err))
	}
	if len(content) > fileLimit {
		return "", setting.Wrong(remedy, "the file is larger than %d bytes", fileLimit)
	}
	value := strings.TrimRight(string(content), "\r\n")
	if value == "" {
		return "", setting.Wrong(remedy, "the file is empty")
	}
	return value, nil
}

func withoutPath(err error) error {
	if failure, ok := errors.AsType[*fs.PathError](err); ok {
		return failure.Err
	}
	return err
}
