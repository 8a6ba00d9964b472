package main

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
)

// verify fetches what a workload asks for, and tells what is wrong with it: the answer must be the site's, and where the peer inserts
// and it is a page, that with one insertion.
func verify(p *peer, w workload, site string) error {
	want, coding, err := fetch(site, w.request)
	if err != nil {
		return fmt.Errorf("the site: %w", err)
	}
	got, gotCoding, err := fetch(p.address, w.request)
	switch {
	case err != nil:
		return err
	case gotCoding != coding:
		return fmt.Errorf("the coding is %q, not %q", gotCoding, coding)
	case p.mark == "" || w.kind == notPage:
		if !bytes.Equal(got, want) {
			return fmt.Errorf("%d bytes came that differ from the site's %d", len(got), len(want))
		}
		return nil
	}
	return inserted(got, want, p.mark)
}

// inserted tells what is wrong if got is not the page want with one insertion that has the mark.
func inserted(got, want []byte, mark string) error {
	before := common(got, want)
	behind := min(len(want)-before, len(got)-before)
	for behind > 0 && !bytes.HasSuffix(got, want[len(want)-behind:]) {
		behind-- // the insertion may begin or end like what is beside it
	}
	if before+behind < len(want) {
		return fmt.Errorf("the page differs from the site's at byte %d by more than an insertion", before)
	}
	if inserted := got[before : len(got)-behind]; !bytes.Contains(inserted, []byte(mark)) {
		return fmt.Errorf("%q is not among the %d bytes inserted", mark, len(inserted))
	}
	return nil
}

// common returns how many bytes two texts have in common at the beginning.
func common(a, b []byte) (n int) {
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return n
}

// fetch returns the body of an answer, decoded, and in which coding it came.
func fetch(address string, request []byte) (body []byte, coding string, err error) {
	c := client{address: address}
	defer c.close()
	var raw bytes.Buffer
	a, err := c.exchange(request, &raw)
	switch {
	case err != nil:
		return nil, "", err
	case a.status != "200":
		return nil, "", fmt.Errorf("the answer is %s", a.status)
	case a.coding == "":
		return raw.Bytes(), "", nil
	case a.coding != "gzip":
		return nil, "", fmt.Errorf("the answer is coded as %s", a.coding)
	}
	r, err := gzip.NewReader(&raw)
	if err != nil {
		return nil, "", err
	}
	body, err = io.ReadAll(r)
	return body, a.coding, err
}
