package cookie

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// parseCookieDate reads the date of an Expires attribute as browsers do (RFC 6265 section 5.1.1): a time, a day, a month and a
// year, in whatever order and between whatever marks. The zone is not looked at; it counts as UTC.
func parseCookieDate(text string) (time.Time, bool) {
	var clock, day, month, year = -1, -1, -1, -1
	for _, token := range strings.FieldsFunc(text, isDateDelimiter) {
		seconds, isClock := clockOf(token)
		n, digits := leadingNumber(token)
		switch {
		case clock < 0 && isClock:
			clock = seconds
		case day < 0 && (digits == 1 || digits == 2):
			day = n
		case month < 0 && monthOf(token) > 0:
			month = monthOf(token)
		case year < 0 && digits >= 2 && digits <= 4:
			year = n
		}
	}
	switch {
	case year >= 70 && year <= 99:
		year += 1900
	case year >= 0 && year <= 69:
		year += 2000
	}
	if clock < 0 || day < 1 || month < 1 || year < 1601 {
		return time.Time{}, false
	}
	date := time.Date(year, time.Month(month), day, 0, 0, clock, 0, time.UTC)
	return date, date.Day() == day
}

func isDateDelimiter(r rune) bool {
	return r < 0x80 && r != ':' && !('0' <= r && r <= '9' || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z')
}

// clockOf reads hh:mm:ss as the seconds of the day.
func clockOf(token string) (int, bool) {
	seconds := 0
	parts := strings.SplitN(token, ":", 3)
	if len(parts) < 3 {
		return 0, false
	}
	for i, limit := range []int{24, 60, 60} {
		n, digits := leadingNumber(parts[i])
		if digits < 1 || digits > 2 || n >= limit {
			return 0, false
		}
		seconds = seconds*60 + n
	}
	return seconds, true
}

// leadingNumber reads the digits at the start of a token; five or more are too many for any part of a date.
func leadingNumber(token string) (n, digits int) {
	for digits < len(token) && digits < 5 && '0' <= token[digits] && token[digits] <= '9' {
		digits++
	}
	n, _ = strconv.Atoi(token[:digits])
	return n, digits
}

func monthOf(token string) int {
	if len(token) < 3 {
		return 0
	}
	months := []string{"jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"}
	return slices.Index(months, strings.ToLower(token[:3])) + 1
}
