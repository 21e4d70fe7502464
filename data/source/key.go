package source

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"fmt"
	"hash"
	"sync"
)

// A Key turns identifiers into [ID]s: the first 16 bytes of HMAC-SHA256 under a
// random key. The key exists only in memory and only as long as the run, so an
// ID says nothing outside it and cannot be found by trying all person numbers.
// One key serves all files of a run, concurrently.
type Key struct {
	secret [32]byte
	hashes sync.Pool
}

// NewKey returns a key drawn from the system's randomness.
func NewKey() (*Key, error) {
	k := &Key{}
	if _, err := rand.Read(k.secret[:]); err != nil {
		return nil, fmt.Errorf("drawing a key for identifiers: %w", err)
	}
	k.hashes.New = func() any { return hmac.New(sha256.New, k.secret[:]) }
	return k, nil
}

// Hash returns the ID of an identifier.
func (k *Key) Hash(identifier string) ID {
	h := k.hashes.Get().(hash.Hash)
	defer k.hashes.Put(h)
	h.Reset()
	var text [64]byte
	var sum [sha256.Size]byte
	h.Write(append(text[:0], identifier...))
	return ID(h.Sum(sum[:0])[:len(ID{})])
}

// String keeps the secret out of logs and messages.
func (k *Key) String() string { return "key" }

// GoString keeps the secret out of %#v.
func (k *Key) GoString() string { return "key" }
