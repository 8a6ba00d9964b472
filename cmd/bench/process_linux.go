package main

import (
	"bytes"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// cpuTime returns how much a process and its children have used, in user and kernel mode. The kernel's clock of a process counts
// nanoseconds, where /proc/PID/stat counts hundredths of a second.
func cpuTime(pid int) (total time.Duration, err error) {
	for _, pid := range family(pid) {
		var used unix.Timespec
		// include/linux/posix-timers_types.h: a number of a process, inverted, and below it CPUCLOCK_SCHED.
		if err := unix.ClockGettime(int32(^pid<<3|2), &used); err != nil {
			return 0, fmt.Errorf("the clock of process %d: %w", pid, err)
		}
		total += time.Duration(used.Nano())
	}
	return total, nil
}

// memory returns the bytes that a process and its children have resident, and the most they had since [forgetPeak].
func memory(pid int) (now, peak int64, err error) {
	for _, pid := range family(pid) {
		text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
		if err != nil {
			return 0, 0, err
		}
		for line := range strings.Lines(string(text)) {
			name, value, _ := strings.Cut(line, ":")
			if name != "VmRSS" && name != "VmHWM" {
				continue
			}
			kilobytes, err := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(value), " kB"), 10, 64)
			if err != nil {
				return 0, 0, err
			}
			if name == "VmRSS" {
				now += kilobytes << 10
			} else {
				peak += kilobytes << 10
			}
		}
	}
	return now, peak, nil
}

// forgetPeak has the peak of a process's memory begin anew (proc(5), clear_refs).
func forgetPeak(pid int) error {
	for _, pid := range family(pid) {
		if err := os.WriteFile(fmt.Sprintf("/proc/%d/clear_refs", pid), []byte("5"), 0); err != nil {
			return err
		}
	}
	return nil
}

// family lists a process and its children, such as nginx's workers.
func family(pid int) []int {
	all := []int{pid}
	text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/task/%[1]d/children", pid))
	for _, field := range bytes.Fields(text) {
		if child, err := strconv.Atoi(string(field)); err == nil {
			all = append(all, child)
		}
	}
	return all
}

// machine says in a few words what this runs on.
func machine() string {
	var name unix.Utsname
	_ = unix.Uname(&name)
	system := "Linux"
	if text, err := os.ReadFile("/etc/os-release"); err == nil {
		for line := range strings.Lines(string(text)) {
			if value, ok := strings.CutPrefix(line, "PRETTY_NAME="); ok {
				system = strings.Trim(strings.TrimSpace(value), `"`)
			}
		}
	}
	release, _, _ := strings.Cut(unix.ByteSliceToString(name.Release[:]), "-")
	cpu := ""
	if text, err := os.ReadFile("/proc/cpuinfo"); err == nil {
		_, after, _ := strings.Cut(string(text), "model name")
		line, _, _ := strings.Cut(after, "\n")
		if cpu = strings.Trim(line, "\t :"); cpu != "" {
			cpu = " (" + cpu + ")"
		}
	}
	return fmt.Sprintf("%d cores%s, %s, Linux %s, %s", runtime.NumCPU(), cpu, system, release, runtime.Version())
}
