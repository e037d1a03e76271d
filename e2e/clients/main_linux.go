package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

func main() {
	if filepath.Base(os.Args[0]) == "call" {
		call(os.Args[1:])
		return
	}
	restrain := flag.String("restrain", "", "the program, with restrain-wire beside it")
	only := flag.String("only", "", "only the clients whose name has this in it")
	size := flag.Int64("size", 100_000_000, "bytes that are sent each way")
	flag.Parse()
	err := run(*restrain, *only, *size)
	var status *exec.ExitError
	if errors.As(err, &status) {
		os.Exit(status.ExitCode())
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "clients:", err)
		os.Exit(1)
	}
}

func run(restrain, only string, size int64) error {
	if os.Getenv(inside) == "" {
		return enter()
	}
	dir, err := os.MkdirTemp("", "clients-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	served, err := network(dir)
	if err != nil {
		return err
	}
	served.size = size
	failed := 0
	var missing []string
	for i := range clients {
		c := &clients[i]
		if !strings.Contains(c.name, only) {
			continue
		}
		if exec.Command("bash", "-c", c.needs).Run() != nil {
			missing = append(missing, c.name)
			continue
		}
		wrong, err := try(c, served, filepath.Join(dir, strings.ReplaceAll(c.name, " ", "-")), restrain)
		if err != nil {
			return fmt.Errorf("%s: %w", c.name, err)
		}
		fmt.Printf("%-16s %s\n", c.name, verdict(c, wrong))
		failed += min(len(wrong), 1)
	}
	if len(missing) > 0 {
		fmt.Printf("not here: %s\n", strings.Join(missing, ", "))
	}
	if failed > 0 {
		return fmt.Errorf("%d clients are not as they should be", failed)
	}
	return nil
}

func verdict(c *client, wrong []string) string {
	switch {
	case len(wrong) > 0:
		return "WRONG: " + strings.Join(wrong, "; ")
	case c.unled:
		return "knows no proxy: refused where it connects, and asked about"
	}
	did := "a GET"
	if c.up != "" {
		did += ", large bodies each way"
	}
	switch {
	case c.words:
		did += ", a deletion that its words say denied and one approved"
	case c.remove != "":
		did += ", a deletion denied and one approved"
	}
	return did + ", and a tunnel once it refused the certificate"
}

// expected are the statuses that each line of a client's should give, and what is
// done for them in one session, and in another that the client refuses from the start.
func (c *client) expected() (lines []string, script, refuses string) {
	var b strings.Builder
	add := func(name, want, code string) {
		lines = append(lines, name+" "+want)
		fmt.Fprintf(&b, "f() { %s; }\nprintf '%s %%s\\n' \"$(f %s 2>>errors | grep -oE '[0-9]{3}|[A-Za-z_]{4,}' | tail -1)\"\n", code, name, name)
	}
	if c.unled {
		return []string{"unled"}, c.get + " 2>&1\n", ""
	}
	add("get", "200", c.get)
	if c.up != "" {
		add("up", "200", c.up)
		add("down", "200", c.down)
	}
	if c.remove != "" {
		status := "403"
		if c.words {
			status = "" // it does not start
		}
		add("denied", status, c.remove)
		// Once more it is denied again, by the request or before it starts.
		b.WriteString("read -r _ <denied.answer\n")
		fmt.Fprintf(&b, "printf 'still %%s\\n' \"$(f denied 2>>errors | grep -oE '[0-9]{3}' | tail -1)\"\n")
		if !c.words { // else it waits for the answer
			fmt.Fprintf(&b, "f approved >/dev/null 2>>errors\nread -r _ <approved.answer\n")
		}
		lines = append(lines, "approved 200")
		fmt.Fprintf(&b, "printf 'approved %%s\\n' \"$(f approved 2>>errors | grep -oE '[0-9]{3}' | tail -1)\"\n")
	}
	script = b.String()
	b.Reset()
	fmt.Fprintf(&b, "f() { %s; }\nfor i in 1 2 3; do f >/dev/null 2>>errors; done\n", c.refuse)
	add("refuse", "200", c.refuse)
	return lines, script, b.String()
}

// limit is for one client, with all that it does.
const limit = 4 * time.Minute

// try has one client do its parts, and says what was not as it should be.
func try(c *client, served *server, dir, restrain string) (wrong []string, err error) {
	home := filepath.Join(dir, "home")
	if err := os.MkdirAll(home, 0o700); err != nil {
		return nil, err
	}
	want, script, refuses := c.expected()
	write := map[string]string{"agent.sh": script, "refuses.sh": refuses}
	for name, text := range files {
		write[name] = text
	}
	for name, text := range write {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			return nil, err
		}
	}
	exe, err := os.Executable()
	if err == nil {
		err = errors.Join(sparse(filepath.Join(dir, "large"), served.size), os.Symlink(exe, filepath.Join(dir, "call")), os.Symlink("../ca.pem", filepath.Join(dir, "ca.pem")),
			exec.Command("mkfifo", filepath.Join(dir, "denied.answer"), filepath.Join(dir, "approved.answer")).Run())
	}
	if err != nil {
		return nil, err
	}
	env := []string{"HOME=" + home, "XDG_STATE_HOME=" + dir + "/state", "TMPDIR=" + home, "PATH=" + dir + ":" + os.Getenv("PATH"), "U=https://api.heroku.com", "GH_TOKEN=x",
		"SSL_CERT_FILE=" + dir + "/ca.pem", "LD_LIBRARY_PATH=" + os.Getenv("LD_LIBRARY_PATH"), "RUBYLIB=" + os.Getenv("RUBYLIB"), "LANG=C"}
	got, said, failed := session(restrain, dir, env, "agent.sh")
	if refuses != "" && failed == nil {
		more, _, err := session(restrain, dir, env, "refuses.sh")
		got, failed = got+more, err
	}
	for _, line := range want {
		if c.unled {
			if !strings.Contains(said+got, "past the session's proxy") {
				wrong = append(wrong, fmt.Sprintf("not refused: %.200q %.200q", got, said))
			}
		} else if !strings.Contains(got, line+"\n") {
			wrong = append(wrong, "wanted "+line)
		}
	}
	if len(wrong) > 0 {
		wrong = append(wrong, fmt.Sprintf("got %q, %v", got, failed))
	}
	if !c.unled && c.remove != "" && !strings.Contains(got, "still 403\n") && !strings.Contains(got, "still \n") || served.has("denied") || c.remove != "" && !served.has("approved") {
		wrong = append(wrong, "what was denied is gone, or what was approved is not")
	}
	served.mu.Lock()
	served.deleted = nil
	served.mu.Unlock()
	return wrong, nil
}

// session runs a script in a session, whose questions are answered.
func session(restrain, dir string, env []string, script string) (out, said string, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	cmd := exec.CommandContext(ctx, restrain, "--wait", "--net", "--", "bash", script)
	cmd.Dir, cmd.Env = dir, env
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	cmd.Cancel, cmd.WaitDelay = func() error { return cmd.Process.Signal(syscall.SIGTERM) }, 10*time.Second
	if err := cmd.Start(); err != nil {
		return "", "", err
	}
	go answer(ctx, restrain, cmd)
	err = cmd.Wait()
	return stdout.String(), stderr.String(), err
}

// answer denies what is called denied, and approves what is called approved. What is
// called neither has its object in the body: of that the first is denied.
func answer(ctx context.Context, restrain string, session *exec.Cmd) {
	answered := map[string]bool{}
	for ctx.Err() == nil {
		watch := exec.CommandContext(ctx, restrain, "watch")
		watch.Env = session.Env
		lines, err := watch.StdoutPipe()
		if err != nil || watch.Start() != nil {
			return
		}
		for in := bufio.NewScanner(lines); in.Scan(); {
			rest, held := strings.CutPrefix(in.Text(), "held ")
			id, what, _ := strings.Cut(rest, " ")
			if !held || answered[id] {
				continue
			}
			answered[id] = true
			words, name := []string{"approve", id}, "approved"
			if strings.Contains(what, "denied") || len(answered) == 1 && !strings.Contains(what, "approved") {
				words, name = []string{"deny", id}, "denied"
			}
			reply(ctx, restrain, session.Env, words)
			go func() {
				if file, err := os.OpenFile(filepath.Join(session.Dir, name+".answer"), os.O_WRONLY, 0); err == nil {
					fmt.Fprintln(file, "go")
					file.Close()
				}
			}()
		}
		_ = watch.Wait() // there was no session yet, or it has ended
	}
}

// reply gives an answer, with the word that it asks for.
func reply(ctx context.Context, restrain string, env, words []string) {
	cmd := exec.CommandContext(ctx, restrain, words...)
	cmd.Env = env
	out, err := cmd.CombinedOutput()
	_, rest, asks := strings.Cut(string(out), "type the ")
	if _, rest, ok := strings.Cut(rest, ", "); err != nil && asks && ok && len(words) == 2 {
		word := strings.FieldsFunc(rest, func(c rune) bool { return c == ';' || c == '\n' })[0]
		reply(ctx, restrain, env, append(words, strings.TrimSpace(word)))
	} else if err != nil && ctx.Err() == nil && !strings.Contains(string(out), "no session holds") { // it did not wait
		fmt.Fprintf(os.Stderr, "clients: %s: %s\n", strings.Join(words, " "), out)
	}
}

// call is a client in Go: call METHOD-FILE PATH [FILE].
func call(args []string) {
	method, err := os.ReadFile(args[0])
	var body io.Reader
	if err == nil && len(args) > 2 {
		body, err = os.Open(args[2])
	}
	if err == nil {
		var request *http.Request
		if request, err = http.NewRequest(string(method), os.Getenv("U")+args[1], body); err == nil {
			var response *http.Response
			if response, err = http.DefaultClient.Do(request); err == nil {
				_, err = io.Copy(io.Discard, response.Body)
				fmt.Println(response.StatusCode)
			}
		}
	}
	if err != nil {
		fmt.Println("failed:", err)
	}
}
