package kinds

import (
	"strings"
	"testing"
)

// Values as frameworks write them.
func TestLookingLike(t *testing.T) {
	for value, want := range map[string]string{
		"eyJpdiI6IkFBQUFBQUFBQUFBQUFBQUFBQUFBQUE9PSIsInZhbHVlIjoiQUFBQSIsIm1hYyI6IkFBQUEifQ%3D%3D":                     "laravel",
		"s%3AUj9Qe1BXmLPLbGc8mYdKzMYQDCJ0fYTb.6nS8P4yJ0k5%2FQOhEC8tpFBLuLhQ7Ycqi8uHkTNgEXSA":                           "express",
		"eyJ1c2VyX2lkIjo0Mn0.aSpQ5A.K4kM2x1D3v0b9r8qWm6Jc5LyT7E":                                                       "flask",
		".eJwVi8EKwjAQRH-lzLmHKkTa_Iq3kGzTYBPbhiAi_rvby8C8N98gWlVOCAg.aSpQ5A.K4kM2x1D3v0b9r8qWm6Jc5LyT7E":              "flask",
		"eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiI0MiJ9.K4kM2x1D3v0b9r8qWm6Jc5LyT7E":                                            "jwt",
		"eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIn0..5q0cDT3D8mnGvdPS.Cwk1aQ.XFBoMYUZodetZdvTiFvSkQ":                      "authjs",
		"Fe26.2*1*0d4bbc32a1d1b3a0e*salt*iv*cipher**mac-salt*mac":                                                      "iron",
		"MTc2NDM4ODg4OHxEWDhFQVFMX2dBQUJFQUVRQUFBbF80QUFBUVp6ZEhKcGJtY01DUUFIZFhObGNsOXBaQVp6ZEhKcGJtY01BZ0E9fA==":     "gorilla",
		"BAh7B0kiD3Nlc3Npb25faWQGOgZFVEkiJTQyBjsAVEkiDHVzZXJfaWQGOwBGaS8%3D--d5ab3b9c0f1e2d3c4b5a69788796a5b4c3d2e1f0": "rails",
		"bmljZSBlbmNyeXB0ZWQgdmFsdWUgb2YgcmFpbHMgY29va2llcyBoZXJl--ZK4v2h1vYp6Uu1ts--Q0ZGRkZGRkZGRkZGRkZGRg%3D%3D":     "rails",
		"3hn8ai2vh8m4ldjd8a0d2mtf3q":       "", // PHP
		"0kk3wl5bq7zq0rwmbz2ufhxhn4v9wtql": "", // Django
		"ada%7C9999999999%7Cabc%7Cdef":     "",
		"":                                 "",
		strings.Repeat("A", 5000):          "",
	} {
		if got := LookingLike(value); got != want {
			t.Errorf("%.40s: %q, want %q", value, got, want)
		}
	}
}
