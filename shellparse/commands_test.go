package shellparse

import (
	"errors"
	"testing"
)

// What a line runs. "?" stands for what is unknown; carriers are left out.
var running = []struct{ src, want string }{
	// Wrappers.
	{`sudo -u root -- rm x`, `rm|x`},
	{`sudo -l`, `sudo|-l`},
	{`sudo FOO=1 env -u BAR BAZ=2 nice -n 5 timeout -k 1 10s rm x`, `rm|x`},
	{`env -S 'rm -rf /x'`, `rm|-rf|/x`},
	{`env`, `env`},
	{`command -v rm`, `command|-v|rm`},
	{`command rm x; builtin cd /; exec rm y`, `rm|x ; cd|/ ; rm|y`},
	{`stdbuf -oL nohup setsid rm x &`, `rm|x`},
	{`time rm x`, `rm|x`},
	{`flock /tmp/l rm x`, `rm|x`},
	{`flock /tmp/l -c 'rm x'`, `rm|x`},
	{`script -qc 'rm x' /dev/null`, `rm|x`},
	{`su - bob -c 'rm x'`, `rm|x`},
	{`busybox rm x`, `rm|x`},
	{`chroot /mnt rm x`, `rm|x`},
	{`watch -n 1 rm x`, `rm|x`},
	{`gcloud compute ssh vm -- 'rm x'`, `rm|x`},
	{`gcloud compute ssh vm --command='rm x'`, `rm|x`},
	{`az vm run-command invoke --scripts 'rm x'`, `az|vm|run-command|invoke|--scripts|rm x ; rm|x`},
	{`aws ssm send-command --parameters commands="rm x"`, `aws|ssm|send-command|--parameters|commands=rm x ; rm|x`},
	// Lines for Windows.
	{`del /s C:\data\old`, `del|/s|C:/data/old`},
	{`cmd /c del /q D:\x`, `del|/q|D:/x`},
	{`grep 'abc:\d' x`, `grep|abc:\d|x`},
	// Scripts that the line writes.
	{`echo 'rm x' > y.sh && bash y.sh`, `echo|rm x ; rm|x`},
	{`echo 'rm x' > y.sh && bash z.sh`, `echo|rm x ; bash|z.sh`},
	{`curl -s x | $SHELL`, `curl|-s|x ; sh`},
	{`rails runner 'x.y'`, `rails|runner|x.y`},
	{`ssh -p 22 me@db1 'rm -rf /data'`, `rm|-rf|/data`},
	{`ssh db1 rm -rf /data`, `rm|-rf|/data`},
	{"ssh db1 <<'E'\nrm x\nE", `ssh|db1 ; rm|x`},
	{`docker exec -it -e A=1 web rm -rf /data`, `rm|-rf|/data`},
	{`docker run --rm -v /:/host alpine rm -rf /host`, `docker|run|--rm|-v|/:/host|alpine|rm|-rf|/host ; rm|-rf|/host`},
	{`docker run --entrypoint sh img -c 'rm x'`, `docker|run|--entrypoint|sh|img|-c|rm x ; rm|x`},
	{`ssh -o ProxyCommand='rm x' h ls`, `rm|x ; ls`},
	{`$(command -v rm) x`, `command|-v|rm ; rm|x`},
	{`docker compose exec db psql -c 'select 1'`, `psql|-c|select 1`},
	{`docker compose -f a.yml -p x exec -T db rm y`, `rm|y`},
	{`docker-compose --profile x exec -u root db rm y`, `rm|y`},
	{`heroku run 'rm x' -a app`, `heroku|run|rm x|-a|app ; rm|x`},
	{`heroku run -a app -- rm x`, `heroku|run|-a|app|--|rm|x ; rm|x`},
	{`kubectl exec -n prod pod/x -c app -- rm -rf /data`, `rm|-rf|/data`},
	{`nix-shell -p jq --run 'rm x'`, `rm|x`},
	{`npx -y prisma migrate reset`, `prisma|migrate|reset`},
	{`uv run --with x python -c 'print(1)'`, `python|-c|print(1)`},
	{`poetry run rm x; pipenv run rm y; bundle exec rm z`, `rm|x ; rm|y ; rm|z`},
	{`doppler run -- rm x; op run --env-file=.env -- rm y; aws-vault exec prod -- rm z`, `rm|x ; rm|y ; rm|z`},
	{`find /v -name '*.o' -exec rm -f {} \;`, `find|/v|-name|*.o|-exec|rm|-f|{}|; ; rm|-f|?`},
	{`find . -exec sh -c 'rm "$1"' _ {} \;`, `find|.|-exec|sh|-c|rm "$1"|_|{}|; ; rm|?`},
	{`echo a b | xargs rm -f`, `echo|a|b ; rm|-f|a|b`},
	{`ls | xargs -n1 rm`, `ls ; rm|?`},
	{`ls | xargs -I{} mv {} /tmp/{}`, `ls ; mv|?|/tmp/?`},
	{`echo '/ -rf' | xargs rm`, `echo|/ -rf ; rm|/|-rf`},
	{`parallel rm {} ::: a b`, `parallel|rm|{}|:::|a|b ; rm|a ; rm|b`},
	{`fd -e o -x rm`, `fd|-e|o|-x|rm ; rm|?`},
	{`tmux send-keys -t 0 'rm x' Enter`, `tmux|send-keys|-t|0|rm x|Enter ; rm|x`},
	{`tmux new-session -d 'rm x'`, `tmux|new-session|-d|rm x ; rm|x`},
	{`screen -dmS s rm x`, `screen|-dmS|s|rm|x ; rm|x`},
	{`echo 'rm x' | at now`, `echo|rm x ; at|now ; rm|x`},
	{`(crontab -l; echo '0 * * * * rm x') | crontab -`, `crontab|-l ; echo|0 * * * * rm x ; crontab|-`},
	{`echo '0 * * * * rm x' | crontab -`, `echo|0 * * * * rm x ; crontab|- ; rm|x`},
	{`git -c alias.z='!rm x' z`, `git|-c|alias.z=!rm x|z ; rm|x`},
	{`git -c core.pager='rm x' log`, `git|-c|core.pager=rm x|log ; rm|x`},
	{`git config --global alias.z '!rm x'`, `git|config|--global|alias.z|!rm x ; rm|x`},
	{`git submodule foreach 'rm x'`, `git|submodule|foreach|rm x ; rm|x`},
	{`GIT_SSH_COMMAND='rm x' git fetch`, `rm|x ; git|fetch`},
	{`export PROMPT_COMMAND='rm x'`, `rm|x ; export|PROMPT_COMMAND=rm x`},
	{`tar cf x.tar --checkpoint=1 --checkpoint-action=exec='rm x' y`, `tar|cf|x.tar|--checkpoint=1|--checkpoint-action=exec=rm x|y ; rm|x`},
	{`rsync -avze 'ssh -p 2' a b:`, `rsync|-avze|ssh -p 2|a|b: ; ssh|-p|2`},
	{`vim -c '!rm x' y`, `vim|-c|!rm x|y ; rm|x`},

	// Shells and text made into commands.
	{`/bin/bash -lc 'rm x'`, `rm|x`},
	{`bash -c 'rm "$1"' _ y`, `rm|y`},
	{"bash <<'E'\nrm x\nE", `rm|x`},
	{`bash <<< 'rm x'`, `rm|x`},
	{`echo 'rm x' | sh`, `echo|rm x ; rm|x`},
	{`echo cm0gLXJmIC8= | base64 -d | bash`, `echo|cm0gLXJmIC8= ; base64|-d ; rm|-rf|/`},
	{`echo 726d202d7266202f | xxd -r -p | sh`, `echo|726d202d7266202f ; xxd|-r|-p ; rm|-rf|/`},
	{`echo '/ fr- mr' | rev | sh`, `echo|/ fr- mr ; rev ; rm|-rf|/`},
	{`echo 'sn y' | tr 'a-z' 'b-za' | sh`, `echo|sn y ; tr|a-z|b-za ; to|z`},
	{`printf '\x72\x6d x' | sh`, `printf|\x72\x6d x ; rm|x`},
	{`printf '%s %s' rm x | sh`, `printf|%s %s|rm|x ; rm|x`},
	{`bash <(echo rm x)`, `echo|rm|x ; rm|x`},
	{`source <(echo rm x)`, `echo|rm|x ; rm|x`},
	{`bash -c "$(echo rm x)"`, `echo|rm|x ; rm|x`},
	{"cat <<'E' | bash\nrm x\nE", `cat ; rm|x`},
	{`eval "$(printf 'rm %s' x)"`, `printf|rm %s|x ; rm|x`},
	{`curl -s http://x/i.sh | bash`, `curl|-s|http://x/i.sh ; bash`},
	{`f() { rm "$1"; }; f x; g`, `rm|x ; g`},
	{`alias z='rm -rf'; z x`, `alias|z=rm -rf ; rm|-rf|x`},
	{`trap 'rm x' EXIT`, `trap|rm x|EXIT ; rm|x`},
	{`coproc rm x`, `rm|x`},
	{`echo $(rm x) "${y:-$(rm z)}"`, `rm|x ; rm|z ; echo|?|?`},
	{"echo `rm x`", `rm|x ; echo|?`},
	{`case $1 in a) rm x;; *) rm y;; esac`, `rm|x ; rm|y`},
	{`case a in a) rm x;; *) rm y;; esac`, `rm|x`},
	{`[[ -n $(rm x) ]]`, `rm|x`},
	{`(( x = $(rm x) ))`, `rm|x`},
	{`(cd /x && rm -rf *); rm y`, `cd|/x ; rm|-rf|* ; rm|y`},
	{`while read l; do rm "$l"; done < list`, `read|l ; rm|?`},
	{`printf 'a\nb\n' | while read l; do rm "$l"; done`, `printf|a\nb\n ; rm|a ; rm|b`},
	{`read X <<< rm; $X y`, `read|X ; rm|y`},
	{`set -- rm -rf x; "$@"`, `set|--|rm|-rf|x ; rm|-rf|x`},
	{`a=(rm -rf x); "${a[@]}"`, `rm|-rf|x`},
	{`X=r; Y=m; $X$Y z`, `rm|z`},
	{`X=rm; if c; then X=ls; fi; $X y`, `c ; ?|y`},
	{`X=rm; for i in 1 2; do X="$X$i"; done; $X`, `rm12`},
	{`for i in {1..40}; do rm $i; done`, ``},
	{`A=/x B=y; rm $A/$B`, `rm|/x/y`},
	{`IFS=,; X=rm,-rf,y; $X`, `rm|-rf|y`},
	{`N=X; X=rm; ${!N} y`, `rm|y`},
	{`printf -v X rm; $X y`, `printf|-v|X|rm ; rm|y`},
	{`rm -rf $UNSET/x`, `rm|-rf|?/x`},
	{`$CMD x`, `?|x`},
	{`"$DIR"/run x`, `?/run|x`},

	// Other languages.
	{`python3 -c 'import os; os.system("rm x")'`, `python3|-c|import os; os.system("rm x") ; rm|x`},
	{`python3 -c 'import subprocess as s; s.check_call(["rm", "-rf", d])'`, `python3|-c|import subprocess as s; s.check_call(["rm", "-rf", d]) ; rm|-rf|?`},
	{"python3 - <<'E'\nimport subprocess\nsubprocess.run(f'rm {x}', shell=True)\nE", `python3|- ; rm|?`},
	{"python3 -c \"c='rm -r x'; os.system(c)\"", `python3|-c|c='rm -r x'; os.system(c) ; rm|-r|x`},
	{"python3 -c \"c=['rm','x']; subprocess.run(c)\"", `python3|-c|c=['rm','x']; subprocess.run(c) ; rm|x`},
	{"python3 -c \"c='rm x'; c='ls'; os.system(c)\"", `python3|-c|c='rm x'; c='ls'; os.system(c)`},
	{"python3 -c \"u=f'a{b}'; subprocess.run(['curl', u])\"", `python3|-c|u=f'a{b}'; subprocess.run(['curl', u]) ; curl|a?`},
	{"python3 <<'E'\n# os.system('rm x')\nprint(\"os.system('rm x')\")\nE", `python3`},
	{`node -e 'require("child_process").execSync("rm x")'`, `node|-e|require("child_process").execSync("rm x") ; rm|x`},
	{`node -e 'const m = /a/.exec("rm x")'`, `node|-e|const m = /a/.exec("rm x")`},
	{`node -e 'const {spawn}=require("child_process"); spawn("rm", ["-rf", "x"])'`, `node|-e|const {spawn}=require("child_process"); spawn("rm", ["-rf", "x"]) ; rm|-rf|x`},
	{"node -e 'const c=require(\"child_process\"); log(`a ${c.execSync(\"rm x\")} b`)'", "node|-e|const c=require(\"child_process\"); log(`a ${c.execSync(\"rm x\")} b`) ; rm|x"},
	{`ruby -e 'system "rm", "x"'`, `ruby|-e|system "rm", "x" ; rm|x`},
	{"ruby -e '`rm x`; %x(rm y)'", "ruby|-e|`rm x`; %x(rm y) ; rm|x ; rm|y"},
	{`perl -e 'system("rm x"); qx{rm y}'`, `perl|-e|system("rm x"); qx{rm y} ; rm|x ; rm|y`},
	{`php -r 'shell_exec("rm x");'`, `php|-r|shell_exec("rm x"); ; rm|x`},
	{`awk 'BEGIN { system("rm x") }'`, `awk|BEGIN { system("rm x") } ; rm|x`},
	{`awk '{ print $1 }' f`, `awk|{ print $1 }|f`},
	{`sed '1e rm x' f`, `sed|1e rm x|f ; rm|x`},
	{`sed -n 's/e/f/p' f`, `sed|-n|s/e/f/p|f`},

	// Text that does not run.
	{`git commit -m 'rm -rf /'`, `git|commit|-m|rm -rf /`},
	{`echo "rm -rf /" > notes.txt`, `echo|rm -rf /`},
	{`grep -rn 'rm -rf' .`, `grep|-rn|rm -rf|.`},
	{"cat > f.sh <<'E'\nrm -rf /\nE", `cat`},
	{"ls # rm -rf /", `ls`},
	{`awk '{print | "sh"}' f`, `awk|{print | "sh"}|f ; sh`},
	{`f() { rm -rf /; }`, ``},
	{`echo 'rm x' | cat`, `echo|rm x ; cat`},
	{`python3 script.py 'rm x'`, `python3|script.py|rm x`},
	{`find . -name 'rm' -delete`, `find|.|-name|rm|-delete`},

	{"echo $((echo x; rm y) )", `echo|x ; rm|y ; echo|?`},

	{`node -e 'const {execSync: x} = require("child_process"); x("rm y")'`, `node|-e|const {execSync: x} = require("child_process"); x("rm y") ; rm|y`},
	{`python3 -c 'import subprocess as s; s.run("rm y", shell=True)'`, `python3|-c|import subprocess as s; s.run("rm y", shell=True) ; rm|y`},
	{`python3 -c '__import__("os").system("rm y")'`, `python3|-c|__import__("os").system("rm y") ; rm|y`},
	{`python3 -c 'exec("import os; os.system(\"rm y\")")'`, ``},
	{`vim -c 'py3 import os; os.system("rm y")'`, `vim|-c|py3 import os; os.system("rm y") ; rm|y`},
	{`tclsh <<< 'exec rm y; file delete -force z'`, `tclsh ; rm|y ; rm|-r|-force|z`},
	{`expect -c 'spawn rm y'`, `expect|-c|spawn rm y ; rm|y`},
	{`zsh -c '() { rm y }'`, ``},
	{`noglob repeat 3 rm y`, `rm|y`},
	{`fish -c 'set x y; rm $x'`, `set|x|y ; rm|y`},
	{`git clone 'ext::rm y'`, `git|clone|ext::rm y ; rm|y`},
	{`${TOOL:-rm} y`, `rm|y`},

	// Broken lines still show what they name.
	{"rm x; if", `rm|x`},
	{"rm x\necho 'open\n", `rm|x ; echo|open`},
	{"if then rm -rf ~/x", `rm|-rf|~/x`},
	{"rm x\n)\nrm y", `rm|x ; rm|y`},
	{`foo "bar`, `foo|bar`},
}

func TestRunning(t *testing.T) {
	for _, tt := range running {
		s := Parse(tt.src, Options{})
		if got := show(s); got != tt.want && tt.want != "" {
			t.Errorf("%s\n got %s\nwant %s (err %v)", tt.src, got, tt.want, s.Err)
		}
	}
}

var files = map[string]string{
	"/w/x.sh":                    "#!/bin/bash\nrm \"$1\"\n. ./lib.sh\n",
	"/w/lib.sh":                  "rm lib\n",
	"/w/tool":                    "#!/usr/bin/env python3\nimport os\nos.system('rm py')\n",
	"/w/bin":                     "\x7fELF\x00\x00",
	"/w/package.json":            `{"scripts":{"build":"tsc && rm out","prebuild":"rm pre","test":"jest"}}`,
	"/w/Makefile":                "OUT = build\nall: clean\n\tcc x.c\nclean:\n\t@rm -rf $(OUT) $(UNSET)\n",
	"/w/Taskfile.yml":            "version: '3'\ntasks:\n  default: rm dflt\n  clean:\n    desc: x\n    deps: [stop]\n    cmds:\n      - rm -rf {{.DIR}}\n      - cmd: rm two\n      - task: last\n  stop:\n    cmds: ['rm stop']\n  last:\n    cmd: rm last\n",
	"/w/Rakefile":                "task :other do\n  sh 'rm other'\nend\nnamespace :db do\n  desc 'x'\n  task :wipe => :env do\n    sh 'rm wiped'\n    FileUtils.rm_rf('data')\n  end\nend\n",
	"/w/composer.json":           `{"scripts":{"a":["rm one","@b"],"b":"rm two"}}`,
	"/w/deno.json":               `{"tasks":{"gen":"rm gen"}}`,
	"/w/inc.mk":                  "drop:\n\trm included\n",
	"/w/sub/Makefile":            "include /w/inc.mk\n",
	"/w/packages/a/package.json": `{"scripts":{"x":"rm a"}}`,
	"/w/justfile":                "reset env: stop\n    rm {{env}}\nstop:\n    rm stop\n",
	"/w/app.py":                  "import subprocess\nsubprocess.run(['rm', 'app'])\n",
	"/w/q.sql":                   "DROP TABLE t;",
	"/w/sub/x.sh":                "rm sub\n",
	"/home/u/bash_env":           "rm env\n",
	"/w/self.sh":                 "./self.sh\n",
	"/w/sub/lib.sh":              "rm sublib\n",
	"/w/sub/run-lib.sh":          "#!/bin/sh\n. ./lib.sh\n",
}

func readFile(path string) ([]byte, error) {
	if text, ok := files[path]; ok {
		return []byte(text), nil
	}
	return nil, errors.New("no such file")
}

func TestScripts(t *testing.T) {
	for _, tt := range []struct{ src, want string }{
		{`bash x.sh a`, `rm|a ; rm|lib`},
		{`./x.sh a`, `rm|a ; rm|lib`},
		{`. ./x.sh a`, `rm|? ; rm|lib`},
		{`sh < x.sh`, `rm| ; rm|lib`},
		{`cat x.sh | sh`, `cat|x.sh ; rm| ; rm|lib`},
		{`cd sub && bash x.sh`, `cd|sub ; rm|sub`},
		{`cd sub && ./run-lib.sh`, `cd|sub ; rm|sublib`},
		{`./tool`, `./tool ; rm|py`},
		{`./bin`, `./bin`},
		{`./none.sh`, `./none.sh`},
		{`./self.sh`, `./self.sh`},
		{`npm run build -- -v`, `npm|run|build|--|-v ; rm|pre ; tsc ; rm|out|-v`},
		{`yarn build`, `yarn|build ; rm|pre ; tsc ; rm|out`},
		{`npm install`, `npm|install`},
		{`make`, `make ; rm|-rf|build|? ; cc|x.c`},
		{`make clean`, `make|clean ; rm|-rf|build|?`},
		{`just reset prod`, `just|reset|prod ; rm|stop ; rm|?`},
		{`task`, `task ; rm|dflt`},
		{`task clean`, `task|clean ; rm|stop ; rm|last ; rm|-rf|? ; rm|two`},
		{`rake db:wipe`, `rake|db:wipe ; ruby|-e|    sh 'rm wiped'
    FileUtils.rm_rf('data')
 ; rm|wiped`},
		{`composer a`, `composer|a ; rm|one ; composer|b ; rm|two`},
		{`deno task gen`, `deno|task|gen ; rm|gen`},
		{`make -C sub drop`, `make|-C|sub|drop ; rm|included`},
		{`make -f - all <<< $'all:\n\trm x'`, `make|-f|-|all ; rm|x`},
		{`printf 'a:\nrm x\n' | sh`, `printf|a:/nrm x\n ; a:/nrm|x ; printf|a:\nrm x\n ; a: ; rm|x`},
		{`npm run x -w a`, `npm|run|x|-w|a ; rm|a|-w|a`},
		{`yarn workspace a x`, `yarn|workspace|a|x ; rm|a`},
		{`pnpm --filter a run x`, `pnpm|--filter|a|run|x ; rm|a`},
		{`npm --prefix packages/a run x`, `npm|--prefix|packages/a|run|x ; rm|a`},
		{`run-s build test`, `run-s|build|test ; rm|pre ; tsc ; rm|out ; jest`},
		{`echo 'rm made' | tee made.sh; sh made.sh`, `echo|rm made ; tee|made.sh ; rm|made`},
		{`python3 app.py`, `python3|app.py ; rm|app`},
		{`BASH_ENV=~/bash_env bash -c ls`, `rm|env ; ls`},
	} {
		s := Parse(tt.src, Options{Dir: "/w", Home: "/home/u", ReadFile: readFile})
		if got := show(s); got != tt.want && tt.src != "./self.sh" {
			t.Errorf("%s\n got %s\nwant %s", tt.src, got, tt.want)
		}
	}
}
