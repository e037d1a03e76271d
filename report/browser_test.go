package report

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// A browser lays the page out at the width of a desktop and of a phone, light and
// dark: nothing is wider than the window, the filter leaves what it says, and each
// link leads to its step, from a request to its step and back too.
func TestPageInABrowser(t *testing.T) {
	browser := findBrowser()
	if browser == "" {
		t.Skip("no chromium or chrome is installed")
	}
	s := sample()
	s.Live = true
	s.Steps[8].Fate = Denied
	s.Steps[8].Sender, s.Steps[4].Sent = 5, []int{9}
	s.Steps[1].Kept = "1 file, 2 kB; restrain undo k7mf2x"
	s.Steps[3].Command = strings.Repeat("a-word-that-does-not-end", 40)
	var page strings.Builder
	if err := Page(&page, s); err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(page.String()) // with < and > escaped
	if err != nil {
		t.Fatal(err)
	}
	// The page runs no script; the one around it looks into it.
	const look = `<!doctype html><body><iframe id=f style="border:0;width:%dpx;height:900px"></iframe><pre id=out></pre><script>
const f = document.getElementById("f");
f.onload = () => {
  const d = f.contentDocument, shown = s => [...d.querySelectorAll(s)].filter(e => e.offsetParent).length, all = shown(".step,details");
  d.querySelector(".only-denied").checked = true;
  document.getElementById("out").textContent = JSON.stringify({wide: d.documentElement.scrollWidth, window: f.clientWidth, all, denied: shown(".step,details"),
    links: [...d.querySelectorAll('a[href^="#"]')].every(a => d.querySelector(a.getAttribute("href"))),
    sent: [d.querySelector("#step-1-5 .small a").getAttribute("href"), ...[...d.querySelectorAll("#step-1-9 .small a, #pause-1-9 dd a")].map(a => a.getAttribute("href"))].join(" "), back: f.contentWindow.getComputedStyle(d.body).backgroundColor, title: d.title});
};
f.srcdoc = %s;
</script>`
	backs := map[string]bool{}
	for width, scheme := range map[int]string{1400: "1", 420: "0"} {
		dir := t.TempDir()
		file := filepath.Join(dir, "look.html")
		if err := os.WriteFile(file, fmt.Appendf(nil, look, width, text), 0o600); err != nil {
			t.Fatal(err)
		}
		cmd := exec.Command(browser, "--headless", "--no-sandbox", "--disable-gpu", "--user-data-dir="+dir+"/profile", "--virtual-time-budget=2000",
			"--window-size=1500,1000", "--blink-settings=preferredColorScheme="+scheme, "--dump-dom", "file://"+file)
		out, err := cmd.Output()
		if err != nil {
			t.Fatal(err)
		}
		_, rest, _ := strings.Cut(string(out), `<pre id="out">`)
		told, _, _ := strings.Cut(rest, "</pre>")
		var seen struct {
			Wide, Window, All, Denied int
			Links                     bool
			Sent, Back, Title         string
		}
		if err := json.Unmarshal([]byte(told), &seen); err != nil {
			t.Fatalf("the browser said %q: %v", told, err)
		}
		if seen.Wide > seen.Window || seen.Window != width {
			t.Errorf("%d columns: the page is %d wide in a window of %d", width, seen.Wide, seen.Window)
		}
		if seen.Denied != 1 || seen.All <= seen.Denied || !seen.Links || seen.Sent != "#step-1-9 #step-1-5 #step-1-5" || !strings.HasPrefix(seen.Title, "9 steps: 1 denied") {
			t.Errorf("%+v", seen)
		}
		backs[seen.Back] = true
	}
	if len(backs) != 2 {
		t.Errorf("light and dark have the backgrounds %v", backs)
	}
}

func findBrowser() string {
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	return ""
}
