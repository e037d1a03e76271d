package gate

import (
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"

	"restrain/journal"
)

// The state file has two slots of a fixed size, written in turn and in place:
// a crash in the middle of one leaves the other. Replacing the file by a rename
// would be as safe, but some file systems then write it to the disk at once,
// and a step would wait for that.
//
// A slot is a checksum of what follows it, the length of the state, the head
// of the journal that the state belongs to, and the state.
const (
	slotSize = 32 << 10 // bytes; a state is a few kB
	slotHead = 4 + 4 + headSize
	headSize = 8 + 8 + 32
)

// errDamaged says that neither slot holds what was written.
var errDamaged = errors.New("the file is damaged")

// readState gives the newer state of the file at path and where the journal
// ended then. The error wraps fs.ErrNotExist where there is no file yet.
func readState(path string) (head journal.Head, state []byte, err error) {
	file, err := os.Open(path)
	if err != nil {
		return head, nil, err
	}
	defer file.Close()
	if info, err := file.Stat(); err != nil || !info.Mode().IsRegular() {
		return head, nil, fmt.Errorf("%s: no regular file", path)
	}
	text := make([]byte, 2*slotSize)
	n, err := file.ReadAt(text, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return head, nil, err
	}
	err = errDamaged
	for at := 0; at < n; at += slotSize {
		if h, s, ok := decodeSlot(text[at:min(at+slotSize, n)]); ok && (err != nil || h.Seq > head.Seq) {
			head, state, err = h, s, nil
		}
	}
	return head, state, err
}

// writeState writes a state into the slot that is not the latest one's.
func writeState(path string, head journal.Head, state []byte) error {
	if len(state) > slotSize-slotHead {
		return fmt.Errorf("%s: a state of %d bytes does not fit: report this as a defect", path, len(state))
	}
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	_, err = file.WriteAt(encodeSlot(head, state), int64(head.Seq%2)*slotSize)
	return errors.Join(err, file.Close())
}

func encodeSlot(head journal.Head, state []byte) []byte {
	b := make([]byte, 4, slotHead+len(state))
	b = binary.LittleEndian.AppendUint32(b, uint32(len(state)))
	b = binary.LittleEndian.AppendUint64(b, head.Seq)
	b = binary.LittleEndian.AppendUint64(b, uint64(head.Size))
	var hash [32]byte
	hex.Decode(hash[:], []byte(head.Hash)) // an empty hash stays zero
	b = append(append(b, hash[:]...), state...)
	binary.LittleEndian.PutUint32(b, crc32.ChecksumIEEE(b[4:]))
	return b
}

func decodeSlot(b []byte) (head journal.Head, state []byte, ok bool) {
	if len(b) < slotHead {
		return head, nil, false
	}
	size := int(binary.LittleEndian.Uint32(b[4:]))
	if size > len(b)-slotHead || crc32.ChecksumIEEE(b[4:slotHead+size]) != binary.LittleEndian.Uint32(b) {
		return head, nil, false
	}
	head = journal.Head{
		Seq:  binary.LittleEndian.Uint64(b[8:]),
		Size: int64(binary.LittleEndian.Uint64(b[16:])),
		Hash: hex.EncodeToString(b[24:slotHead]),
	}
	return head, b[slotHead : slotHead+size], true
}
