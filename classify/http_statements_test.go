package classify

import "testing"

func TestPlainHost(t *testing.T) {
	for host, want := range map[string]string{
		"2852039166": "169.254.169.254", "0xa9fea9fe": "169.254.169.254", "0251.0376.0251.0376": "169.254.169.254", "127.1": "127.0.0.1",
		"::ffff:169.254.169.254": "169.254.169.254", "169.254.169.254.nip.io": "169.254.169.254", "a-169-254-169-254.sslip.io": "169.254.169.254",
		"example.com": "example.com", "1password.com": "1password.com", "": "", "0x": "0x", "fd00:ec2::254": "fd00:ec2::254",
	} {
		if got := plainHost(host); got != want {
			t.Errorf("%s is %s, want %s", host, got, want)
		}
	}
}

func TestStatementsOverHTTP(t *testing.T) {
	for line, want := range map[string]string{
		`curl https://api.example.com/query --json '{"sql":"DROP TABLE users"}'`:                                "drop table",
		`curl https://db-acme.example.com/v2/pipeline -d '{"requests":[{"stmt":{"sql":"delete from users"}}]}'`: "delete",
		`curl 'http://ch.example.com:8123/' --data-binary 'TRUNCATE TABLE events'`:                              "truncate",
		`curl 'http://ch.example.com:8123/?query=DROP%20TABLE%20events'`:                                        "drop table",
		`curl https://eu1-cat.upstash.io/flushall`:                                                              "flushall",
		`curl https://eu1-cat.upstash.io/pipeline -d '[["SET","a","FLUSHALL"]]'`:                                "set",
		`curl https://api.example.com/search --json '{"query":"delete old files"}'`:                             "",
		`curl https://api.example.com/chat -d '{"text":"DROP TABLE users"}'`:                                    "",
		`curl https://api.example.com/graphql -d '{"query":"query { drop table }"}'`:                            "",
	} {
		r := readerOf(command(split(line)...))
		r.readHTTP()
		got := ""
		if len(r.facts.sqls) > 0 {
			got = r.facts.sqls[0].verb
		}
		if got != want {
			t.Errorf("%s: %q, want %q", line, got, want)
		}
	}
}
