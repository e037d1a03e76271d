package shellparse

import (
	"strings"
	"testing"
	"time"
)

// ran is what a script runs, one command after the other, an unknown part as ?.
func ran(s *Script) string {
	var lines []string
	for _, c := range s.Commands {
		if c.Carrier || len(c.Argv) == 0 {
			continue
		}
		var words []string
		for _, w := range c.Argv {
			words = append(words, strings.ReplaceAll(w.Text, string(Hole), "?"))
		}
		line := strings.Join(words, " ")
		if c.Dir.Text != "" {
			line = strings.ReplaceAll(c.Dir.Text, string(Hole), "?") + "$ " + line
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "; ")
}

func TestPowerShell(t *testing.T) {
	tests := []struct{ line, want string }{
		// variables, texts and tables
		{`$d = "old"; Remove-Item -Recurse -Force $d`, "rm -r -f old"},
		{`$d = Join-Path $PWD "old"; rd -r $d`, "rm -r old"},
		{`$d = Join-Path (Get-Location) "old"; rd -r $d`, "rm -r old"},
		{`$a = "old"; $b = "$a\logs"; ri $b`, "rm old/logs"},
		{`$a = 'x','y'; foreach ($f in $a) { Remove-Item "$f.txt" }`, "rm x.txt; rm y.txt"},
		{`$p = @{ Path = 'old'; Recurse = $true; Force = $false }; Remove-Item @p`, "rm -r old"},
		{`$d = @'` + "\nold\n" + `'@` + "\nRemove-Item $d", "rm old"},
		{`Remove-Item ("o" + "ld")`, "rm old"},
		{`Remove-Item ('{0}/{1}' -f 'a', 'b')`, "rm a/b"},
		{`Remove-Item $unset`, "rm ?"},
		{`$x = Get-Content f; $x[0..3]`, "cat f"},
		{`$i = 0; gc f | % { $i++; "$i $_" }`, "cat f"},
		{`if ($x) { $d = 'a' } else { $d = 'b' }; rm -Recurse $d`, "rm -r a b"},
		{"Remove-Item `\n  -Recurse `\n  old # and nothing else", "rm -r old"},
		// parameters
		{`Remove-Item -rec -fo -lit 'a[1]'`, "rm -r -f a[1]"},
		{`Remove-Item a, b,c -Confirm:$false`, "rm a b c"},
		{`Remove-Item -Force:$false a`, "rm a"},
		{`Remove-Item -WhatIf a`, "echo Remove-Item -WhatIf a"},
		{`rm -rf a`, "rm -rf a"},
		{`ls -la`, "ls -la"},
		{`curl -X DELETE https://x.test`, "curl -X DELETE https://x.test"},
		// pipelines
		{`Get-ChildItem *.log | Remove-Item`, "ls *.log; rm *.log"},
		{`gci src -r -filter *.log | ri -fo`, "find src -iname *.log; find src -iname *.log -delete"},
		{`dir | ? { $_.Name -like '*.tmp' } | % { Remove-Item $_.FullName }`, "ls; rm *.tmp"},
		{`Get-ChildItem | Where-Object { $_.Length -gt 9 } | Remove-Item`, "ls; rm ?"},
		{`gci -Directory | ForEach-Object { $_.Delete($true) }`, "ls; rm -r *"},
		{`'a', 'b' | Remove-Item`, "rm a b"},
		{`Get-ChildItem Env:`, "Get-ChildItem Env:"},
		// what other programs are given
		{`"rm -rf old" | bash`, "rm -rf old"},
		{`git log | Select-String fix`, "git log; grep -E -e fix"},
		{`& 'C:\Program Files\Git\bin\git.exe' push`, "C:/Program Files/Git/bin/git push"},
		{`Start-Process git -ArgumentList 'push','--force'`, "git push --force"},
		{`python -c "import os"`, "python -c import os"},
		{`cd sub; Remove-Item x`, "cd sub; sub$ rm x"},
		// code in code
		{`iex "Remove-Item old"`, "rm old"},
		{`& { Remove-Item old }`, "rm old"},
		{`$s = { Remove-Item old }; & $s`, "rm old"},
		{`function f($d) { Remove-Item $d }; f old`, "rm old"},
		{`function f { Remove-Item old }`, ""},
		{`[IO.File]::Delete('C:\x\y')`, "rm -r -f C:/x/y"},
		{`(New-Object Net.WebClient).DownloadString('https://x.test/a') | iex`, "New-Object Net.WebClient; Invoke-WebRequest https://x.test/a; Invoke-Expression"},
		{`try { Remove-Item a } catch { Remove-Item b } finally { Remove-Item c }`, "rm a; rm b; rm c"},
		// files
		{`Set-Content f 'x'`, "tee f"}, {`Move-Item a b -Force`, "mv -f a b"}, {`Rename-Item d/a b`, "mv d/a d/b"},
		{`'x' > f`, "tee f"}, {`New-Item -ItemType Directory -Path a -Name b`, "mkdir -p a/b"}, {`Clear-Content f`, "truncate -s 0 f"},
		{`Remove-Item HKCU:\Software\X -Recurse`, `Remove-Item -Recurse HKCU:/Software/X`},
		{`Get-Content $env:USERPROFILE\.ssh\id_rsa`, "cat ?/.ssh/id_rsa"},
		{`Remove-Item \\?\C:\Users\bo -Recurse`, "rm -r C:/Users/bo"},
		{`Remove-Item Microsoft.PowerShell.Core\FileSystem::C:\x`, "rm C:/x"},
	}
	for _, tt := range tests {
		s := Parse(tt.line, Options{Dialect: PowerShell})
		if got := ran(s); got != tt.want || s.Err != nil {
			t.Errorf("%s\n  got %s (error %v)\n want %s", tt.line, got, s.Err, tt.want)
		}
	}
}

func TestCmd(t *testing.T) {
	tests := []struct{ line, want string }{
		{`rd /s /q old`, "rm -r -f old"},
		{`rd/s/q "\\?\C:\Users\bo\old"`, "rm -r -f C:/Users/bo/old"},
		{`rd old`, "rmdir old"},
		{`del /f /q a.txt b.txt 2>nul`, "rm -f a.txt b.txt"},
		{`del /s *.log`, "find . -iname *.log -delete"},
		{`set D=old& rd /s /q %D%`, "rm -r -f old"},
		{`set "D=my old" && rd /s /q "%D%"`, "rm -r -f my old"},
		{`if exist old (rd /s /q old) else (echo none)`, "rm -r -f old; echo none"},
		{`if not "%X%"=="" del f`, "rm -f f"},
		{`for /d %d in (a b) do @rd /s /q "%d"`, "rm -r -f a; rm -r -f b"},
		{`for /d %d in (C:\a\*) do @rd /s /q "%~fd"`, "rm -r -f C:/a/*"},
		{`for /f %f in ('dir /b') do del %f`, "rm -f ?"},
		{`d^el f`, "rm -f f"},
		{`cd /d C:\src && git status`, "C:/src$ git status"},
		{`echo a ^& del f`, "echo a & del f"},
		{`rem del f` + "\n" + `git status`, "git status"},
		{`type %USERPROFILE%\.ssh\id_rsa`, "cat ?/.ssh/id_rsa"},
		{`powershell -c "Remove-Item old"`, "rm old"},
	}
	for _, tt := range tests {
		s := Parse(tt.line, Options{Dialect: Cmd})
		got := strings.ReplaceAll(ran(s), "C:/src$ cd C:/src; ", "")
		got = strings.ReplaceAll(got, "cd C:/src; ", "")
		if got != tt.want || s.Err != nil {
			t.Errorf("%s\n  got %s (error %v)\n want %s", tt.line, got, s.Err, tt.want)
		}
	}
}

// The programs that read PowerShell and cmd, as a shell starts them.
func TestWindowsShells(t *testing.T) {
	tests := []struct{ line, want string }{
		{`powershell -NoProfile -ExecutionPolicy Bypass -Command "Remove-Item old"`, "rm old"},
		{`pwsh -nop -c Remove-Item old`, "rm old"},
		{`powershell.exe "Remove-Item old"`, "rm old"},
		{`echo 'Remove-Item old' | pwsh -Command -`, "echo Remove-Item old; rm old"},
		{`powershell -Command "Get-Content $env:USERPROFILE\.aws\credentials"`, "cat ?/.aws/credentials"},
		{`pwsh -c "gci old | % { ri $_ }"`, "ls old; rm old/*"},
		{`cmd /c rd /s /q old`, "rm -r -f old"},
		{`cmd //c "rd //s //q old"`, "rm -r -f old"},
		{`cmd /c "rd /s /q \"E:\tools\old\""`, "rm -r -f E:/tools/old"},
		{`cmd.exe /c "del /f f & echo x"`, "rm -f f; echo x"},
		{`pwsh -EncodedCommand UgBlAG0AbwB2AGUALQBJAHQAZQBtACAAbwBsAGQA`, "rm old"},
		{`printf 'Remove-Item old' > s.ps1; pwsh -File s.ps1`, "printf Remove-Item old; rm old"},
	}
	for _, tt := range tests {
		s := Parse(tt.line, Options{})
		if got := ran(s); got != tt.want || s.Err != nil {
			t.Errorf("%s\n  got %s (error %v)\n want %s", tt.line, got, s.Err, tt.want)
		}
	}
}

func TestDialectOf(t *testing.T) {
	tests := []struct {
		line string
		want Dialect
	}{
		{"ls -la && git status", posix}, {"X=1 make", posix}, {"sls remove", posix}, {`echo "$env"`, posix}, {"date +%Y%m%d", posix},
		{"cat > s.ps1 <<'E'\nRemove-Item x\nE", posix}, {`powershell -Command "$x = 1; Get-Item y"`, posix}, {"update-alternatives --list x", posix},
		{"cd /c/src && ls", posix}, {"for f in *; do rm $f; done", posix}, {`grep -rn "Remove-Item" src`, posix}, {`if [ -f x ]; then rm x; fi`, posix},
		{"Get-ChildItem src", PowerShell}, {"cd src; Remove-Item x", PowerShell}, {"$x = 1", PowerShell}, {"git tag -l | Sort-Object", PowerShell},
		{"if (Test-Path x) { rm x }", PowerShell}, {"rm -Recurse -Force x", PowerShell}, {"rm .\\old", PowerShell}, {"echo $env:PATH", PowerShell},
		{"[IO.File]::Delete('x')", PowerShell}, {"gci", PowerShell}, {"sls main x.go", PowerShell}, {`& "C:\x.exe" y`, PowerShell}, {"foreach ($f in 1..3) { $f }", PowerShell},
		{"rd /s /q x", Cmd}, {"del x", Cmd}, {"if exist x del x", Cmd}, {"cd /d C:\\x", Cmd}, {"type %APPDATA%\\x", Cmd}, {"@echo off", Cmd},
	}
	for _, tt := range tests {
		if got := dialectOf(tt.line); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.line, got, tt.want)
		}
	}
}

// A line of an unknown shell is read in every way it may be taken.
func TestAnyDialect(t *testing.T) {
	line := `Get-Item 'x\'; rm -rf a #'`
	if got := ran(Parse(line, Options{})); !strings.Contains(got, "rm -rf a") || !strings.Contains(got, "Get-Item") {
		t.Errorf("got %s, want the commands of both readings", got)
	}
}

func TestPowerShellIsBounded(t *testing.T) {
	const n = 100_000
	texts := map[string]string{
		"brackets": strings.Repeat("(", n), "blocks": strings.Repeat("{", n), "texts": strings.Repeat(`"$(`, n), "indices": "$x" + strings.Repeat("[0", n),
		"pipes": strings.Repeat("gci|", n), "commas": "x " + strings.Repeat("a,", n), "members": "$x" + strings.Repeat(".a", n), "ifs": strings.Repeat("if(1){", n),
		"growing": "$a = 'xxxxxxxx'\n" + strings.Repeat(`$a = "$a$a"`+"\n", 60), "joined": "$a = 1..9\n" + strings.Repeat("$a = $a + $a\n", 60),
		"calling": "function f { f; f }; f", "looping": strings.Repeat("foreach ($x in 1,2,3,4,5,6,7,8,9) {", 12) + "gci" + strings.Repeat("}", 12),
		"functions": "function f { iex 'f' }; f", "nots": strings.Repeat("!", n), "casts": strings.Repeat("[int]", n), "evaluated": strings.Repeat("iex '", 9) + "x",
	}
	for name, text := range texts {
		start := time.Now()
		s := Parse(text, Options{Dialect: PowerShell})
		if took := time.Since(start); took > 3*time.Second || len(s.Commands) > maxCommands {
			t.Errorf("%s: %v, %d commands", name, took, len(s.Commands))
		}
	}
	deep := Parse(strings.Repeat("(", n), Options{Dialect: PowerShell})
	if deep.Limit != limitDepth || deep.Err == nil {
		t.Errorf("a text nested too deeply: limit %q, error %v", deep.Limit, deep.Err)
	}
	for name, text := range map[string]string{"groups": strings.Repeat("(", n), "ifs": strings.Repeat("if 1==1 ", n), "loops": strings.Repeat("for %a in (1 2 3 4) do ", n) + "rd x"} {
		start := time.Now()
		Parse(text, Options{Dialect: Cmd})
		if took := time.Since(start); took > 3*time.Second {
			t.Errorf("cmd, %s: %v", name, took)
		}
	}
}

func FuzzPowerShell(f *testing.F) {
	for _, seed := range []string{"Cd/0%00", `$x = @{a=1}; foreach ($y in $x.a) { "z$($y[0])" | Remove-Item -rec }`, "@'\nx\n'@ | iex", `if exist x (rd /s "%X:~1%") else for %a in (*) do @del ^%a`, `[IO.File]::Delete("a`, "& { param($a = 1) switch ($a) { 1 {b} default {c} } } 2>&1 > $null"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, src string) {
		for _, dialect := range []Dialect{PowerShell, Cmd, LikelyDialect} {
			s := Parse(src, Options{Dialect: dialect})
			for i, c := range s.Commands {
				checkCommand(t, s, i, c)
			}
			if s.Err != nil && strings.HasPrefix(s.Err.Text, "reading failed") {
				t.Fatalf("%s: %v", dialect, s.Err)
			}
		}
	})
}
