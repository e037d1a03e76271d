package transcript

import (
	"encoding/json"
	"time"
)

// A stamp is a time as transcripts write it: RFC 3339 with or without a zone,
// or seconds or milliseconds since 1970. What is none of these is no time, and
// no error: a transcript is not worse for it.
type stamp struct{ time.Time }

var stampLayouts = [...]string{time.RFC3339Nano, "2006-01-02T15:04:05.999999999", "2006-01-02 15:04:05Z", "2006-01-02 15:04:05"}

// UnmarshalJSON reads a time.
func (s *stamp) UnmarshalJSON(text []byte) error {
	var value any
	if err := json.Unmarshal(text, &value); err != nil {
		return err
	}
	switch value := value.(type) {
	case string:
		s.Time = parseStamp(value)
	case float64:
		s.Time = unixStamp(value)
	}
	return nil
}

func parseStamp(text string) time.Time {
	for _, layout := range stampLayouts {
		if t, err := time.Parse(layout, text); err == nil {
			return t
		}
	}
	return time.Time{}
}

// unixStamp tells milliseconds from seconds by their size. Times after 2100,
// and before 1970, are none.
func unixStamp(n float64) time.Time {
	const century = 4102444800
	if n > century {
		n /= 1000
	}
	if !(n > 0 && n < century) {
		return time.Time{}
	}
	return time.UnixMicro(int64(n * 1e6)).UTC()
}
