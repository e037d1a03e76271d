package secret

import "strings"

// A place is a command that takes a secret where nothing in its own text says
// so: a short flag, a value behind a name, standard input.
type place struct {
	program string
	verbs   string // that follow each other behind the program
	flags   string // whose values are secrets
	takes   taking
}

// taking says what else of a command is secret.
type taking uint8

const (
	nothing taking = iota
	pairs          // NAME=VALUE, whatever the name
	second         // the second operand behind the verb: set NAME VALUE
	third          // the third
	named          // an operand behind one with a secret's name
)

// places are in the order of their programs.
var places = [...]place{
	{program: "7z", flags: "-p*"},
	{program: "7za", flags: "-p*"},
	{program: "aws", verbs: "configure set", takes: named},
	{program: "aws", verbs: "put-parameter", flags: "--value"},
	{program: "az", verbs: "login", flags: "-p"},
	{program: "az", verbs: "secret set", flags: "--value"},
	{program: "bw", verbs: "login", takes: second},
	{program: "bw", verbs: "unlock", takes: named},
	{program: "cf", verbs: "login", flags: "-p"},
	{program: "cf", verbs: "set-env", takes: third},
	{program: "convex", verbs: "env set", takes: second},
	{program: "curl", flags: "-b --cookie --proxy-user -E --cert"},
	{program: "docker", verbs: "login", flags: "-p"},
	{program: "dokku", verbs: "config set", takes: pairs},
	{program: "doppler", verbs: "secrets set", takes: pairs},
	{program: "dotnet", verbs: "user-secrets set", takes: second},
	{program: "eb", verbs: "setenv", takes: pairs},
	{program: "firebase", verbs: "config set", takes: pairs},
	{program: "fly", verbs: "secrets set", takes: pairs},
	{program: "flyctl", verbs: "secrets set", takes: pairs},
	{program: "fossil", flags: "-B"},
	{program: "gh", verbs: "secret set", flags: "-b --body"},
	{program: "gh", verbs: "variable set", flags: "-b --body"},
	{program: "git", verbs: "config", takes: named},
	{program: "glab", verbs: "variable set", flags: "-v --value", takes: second},
	{program: "gpg", flags: "--passphrase"},
	{program: "helm", verbs: "login", flags: "-p"},
	{program: "heroku", verbs: "config set", takes: pairs},
	{program: "htpasswd", takes: third},
	{program: "http", flags: "-a --auth"},
	{program: "https", flags: "-a --auth"},
	{program: "keytool", flags: "-storepass -keypass -srcstorepass -deststorepass"},
	{program: "kubectl", verbs: "create secret", flags: "--from-literal", takes: pairs},
	{program: "ldapadd", flags: "-w"},
	{program: "ldapmodify", flags: "-w"},
	{program: "ldapsearch", flags: "-w"},
	{program: "lftp", flags: "-u"},
	{program: "mariadb", flags: "-p*"},
	{program: "mariadb-dump", flags: "-p*"},
	{program: "modal", verbs: "secret create", takes: pairs},
	{program: "mongo", flags: "-p"},
	{program: "mongodump", flags: "-p"},
	{program: "mongoexport", flags: "-p"},
	{program: "mongorestore", flags: "-p"},
	{program: "mongosh", flags: "-p"},
	{program: "mysql", flags: "-p*"},
	{program: "mysqladmin", flags: "-p*"},
	{program: "mysqldump", flags: "-p*"},
	{program: "netlify", verbs: "env set", takes: second},
	{program: "npm", verbs: "config set", takes: named},
	{program: "oc", verbs: "create secret", flags: "--from-literal", takes: pairs},
	{program: "oc", verbs: "login", flags: "-p"},
	{program: "op", verbs: "item create", takes: pairs},
	{program: "op", verbs: "item edit", takes: pairs},
	{program: "openssl", flags: "-k -K -pass -passin -passout -hmac -password"},
	{program: "pip", verbs: "config set", takes: named},
	{program: "pnpm", verbs: "config set", takes: named},
	{program: "podman", verbs: "login", flags: "-p"},
	{program: "poetry", verbs: "config", takes: named},
	{program: "pulumi", verbs: "config set", takes: second},
	{program: "rabbitmqctl", verbs: "add_user", takes: second},
	{program: "rabbitmqctl", verbs: "change_password", takes: second},
	{program: "railway", verbs: "variables", flags: "--set", takes: pairs},
	{program: "rar", flags: "-p* -hp*"},
	{program: "redis-cli", flags: "-a"},
	{program: "render", verbs: "env set", takes: pairs},
	{program: "restic", flags: "-p"},
	{program: "security", verbs: "add-generic-password", flags: "-w"},
	{program: "security", verbs: "add-internet-password", flags: "-w"},
	{program: "smbclient", flags: "-U"},
	{program: "snow", flags: "-p"},
	{program: "snowsql", flags: "-p"},
	{program: "sqlcmd", flags: "-P*"},
	{program: "ssh-keygen", flags: "-N -P"},
	{program: "sshpass", flags: "-p*"},
	{program: "supabase", verbs: "secrets set", takes: pairs},
	{program: "svn", flags: "--password"},
	{program: "terraform", verbs: "login", takes: named},
	{program: "travis", verbs: "encrypt", takes: pairs},
	{program: "twine", verbs: "upload", flags: "-p"},
	{program: "unrar", flags: "-p*"},
	{program: "unzip", flags: "-P*"},
	{program: "vault", verbs: "kv patch", takes: pairs},
	{program: "vault", verbs: "kv put", takes: pairs},
	{program: "vault", verbs: "login", takes: second},
	{program: "vault", verbs: "write", takes: pairs},
	{program: "xfreerdp", flags: "/p"},
	{program: "yarn", verbs: "config set", takes: named},
	{program: "zip", flags: "-P*"},
}

// A position is what was read of a command, and which places it may be.
type position struct {
	first, end int    // the places of the program; none when they are equal
	active     uint64 // of these, those whose verbs were read
	last       string // the word before
	operand    int    // how many operands came behind the verb
	sql        bool   // a statement that may set a password
	login      bool   // the text of a netrc
}

// command forgets the program at the end of a command.
func (p *position) command() { *p = position{sql: p.sql, login: p.login} }

// word reads a word of a command.
func (p *position) word(word string) {
	if p.first == p.end || p.active == 0 && word != p.last {
		if i := findProgram(word); i >= 0 {
			p.first, p.end, p.active, p.operand = i, i, 0, 0
			for p.end < len(places) && places[p.end].program == word {
				if places[p.end].verbs == "" {
					p.active |= 1 << (p.end - p.first)
				}
				p.end++
			}
			p.last = word
			return
		}
	}
	for i := p.first; i < p.end; i++ {
		verbs := places[i].verbs
		before, last, two := strings.Cut(verbs, " ")
		if verbs != "" && (two && before == p.last && last == word || !two && verbs == word) {
			p.active |= 1 << (i - p.first)
			p.operand = 0
		}
	}
	p.last = word
}

// findProgram gives the first place of a program.
func findProgram(word string) int {
	low, high := 0, len(places)
	for low < high {
		if middle := (low + high) / 2; places[middle].program < word {
			low = middle + 1
		} else {
			high = middle
		}
	}
	if low < len(places) && places[low].program == word {
		return low
	}
	return -1
}

// takes reports whether an active place takes something as its secret.
func (p *position) takes(what taking) bool {
	if p.active == 0 {
		return false
	}
	for i := p.first; i < p.end; i++ {
		if p.active&(1<<(i-p.first)) != 0 && places[i].takes == what {
			return true
		}
	}
	return false
}

// flag gives where the value of a secret's flag begins in a text that starts
// with a flag, or 0.
func (p *position) flag(text string) int {
	if p.active == 0 {
		return 0
	}
	for i := p.first; i < p.end; i++ {
		if p.active&(1<<(i-p.first)) == 0 {
			continue
		}
		for flags := places[i].flags; flags != ""; {
			var flag string
			flag, flags, _ = strings.Cut(flags, " ")
			flag, attached := strings.CutSuffix(flag, "*")
			if !strings.HasPrefix(text, flag) {
				continue
			}
			at := len(flag)
			switch next := skipBlanks(text, at); {
			case at == len(text):
			case text[at] == '=' && len(flag) > 2:
				return at + 1
			case next > at && !(attached && places[i].separate()) && next < len(text) && text[next] != '-':
				return next
			case attached && next == at && (isLetter(text[at]) || text[at] > ' ' && !isValueEnd(text[at])):
				return at
			}
		}
	}
	return 0
}

// separate reports whether a blank behind the flag says that the password is
// asked for.
func (p *place) separate() bool {
	return p.program[0] == 'm' || p.program[0] == '7' || strings.HasSuffix(p.program, "rar")
}

// fromInput are the words behind a pipe that make what comes through it a secret.
var fromInput = [...]string{
	"--password-stdin", "--with-token", "--pass-stdin", "-password-stdin", "sudo -S", "chpasswd", "passwd --stdin", "gh secret set", "secret put ", "secrets import",
	"env add ", "secret create", "versions add", "-pass stdin", "cryptsetup", "auth login --token", "--token-stdin",
}

// piped reports whether a text that begins behind echo or printf goes into a
// program that reads a secret.
func piped(text string) bool {
	const look = 240
	text = text[:min(len(text), look)]
	pipe := strings.IndexByte(text, '|')
	if pipe < 0 || strings.ContainsAny(text[:pipe], "\n;&") {
		return false
	}
	after := text[pipe:]
	if end := strings.IndexAny(after[1:], "\n;&|"); end >= 0 {
		after = after[:end+1]
	}
	for _, words := range fromInput {
		if strings.Contains(after, words) {
			return true
		}
	}
	return false
}
