package main

// A client is a program that makes requests. Its parts are lines of bash that print
// the status of an answer; $U is the host's address, and the method of a deletion
// stands in the file delete, so that the line does not say it.
type client struct {
	name  string
	needs string // how it is found: a line of bash
	get   string
	// remove deletes $U/apps/$1. Empty is for what deletes nothing over HTTP.
	remove   string
	up, down string // 100 MB to $U/up and from $U/down; empty where it cannot
	refuse   string // as get, trusting the server's own certificate alone
	words    bool   // its words say the method, so that it does not start
	unled    bool   // knows no proxy: it is refused where it connects
}

var clients = []client{
	{name: "curl", needs: "command -v curl", get: `curl -sS -o /dev/null -w '%{http_code}' $U/apps`,
		remove: `echo "request = $(cat delete)" | curl -sS -K - -o /dev/null -w '%{http_code}' $U/apps/$1`,
		up:     `curl -sS -o /dev/null -w '%{http_code}' -T large $U/up`, down: `curl -sS -o out -w '%{http_code}' $U/down`,
		refuse: `curl -sS --cacert ca.pem -o /dev/null -w '%{http_code}' $U/apps`},
	{name: "wget", needs: "command -v wget", words: true, get: `wget -q -S -O /dev/null $U/apps 2>&1 | grep -o 'HTTP/1.1 [0-9]*' | tail -1`,
		remove: `wget -q -S --method=$(cat delete) -O /dev/null $U/apps/$1 2>&1 | grep -o 'HTTP/1.1 [0-9]*' | tail -1`,
		up:     `wget -q -S --method=PUT --body-file=large -O /dev/null $U/up 2>&1 | grep -o 'HTTP/1.1 [0-9]*' | tail -1`,
		down:   `wget -q -S -O out $U/down 2>&1 | grep -o 'HTTP/1.1 [0-9]*' | tail -1`,
		refuse: `wget -q -S --ca-certificate=ca.pem -O /dev/null $U/apps 2>&1 | grep -o 'HTTP/1.1 [0-9]*' | tail -1`},
	{name: "git", needs: "command -v git", get: `git ls-remote $U/apps.git 2>&1 | grep -o 'not valid\|error: [0-9]*\|403' | sed 's/not valid/200/'`,
		refuse: `GIT_SSL_CAINFO=$PWD/ca.pem git ls-remote $U/apps.git 2>&1 | grep -o 'not valid' | sed 's/not valid/200/'`},
	{name: "node fetch", needs: "command -v node24", get: `node24 fetch.js get /apps`, remove: `node24 fetch.js delete /apps/$1`,
		up: `node24 fetch.js put /up large`, down: `node24 fetch.js get /down`, refuse: `NODE_EXTRA_CA_CERTS=ca.pem node24 fetch.js get /apps`},
	{name: "node https", needs: "command -v node24", get: `node24 https.js get /apps`, remove: `node24 https.js delete /apps/$1`,
		up: `node24 https.js put /up large`, down: `node24 https.js get /down`, refuse: `NODE_EXTRA_CA_CERTS=ca.pem node24 https.js get /apps`},
	{name: "node, older", needs: "node --version | grep -vE 'v(2[4-9]|[3-9]|22.2[1-9])'", get: `node https.js get /apps`, unled: true},
	{name: "python urllib", needs: "python3 -c ''", get: `python3 urls.py get /apps`, remove: `python3 urls.py delete /apps/$1`,
		up: `python3 urls.py put /up large`, down: `python3 urls.py get /down`, refuse: `SSL_CERT_FILE=ca.pem python3 urls.py get /apps`},
	{name: "python requests", needs: "python3 -c 'import requests'", get: `python3 reqs.py get /apps`, remove: `python3 reqs.py delete /apps/$1`,
		up: `python3 reqs.py put /up large`, down: `python3 reqs.py get /down`, refuse: `REQUESTS_CA_BUNDLE=ca.pem python3 reqs.py get /apps`},
	{name: "python boto3", needs: "python3 -c 'import boto3'", get: `python3 boto.py describe_instances`, remove: `python3 boto.py terminate_instances $1`,
		refuse: `AWS_CA_BUNDLE=ca.pem python3 boto.py describe_instances`},
	{name: "Go", needs: "true", get: `call get /apps`, remove: `call delete /apps/$1`, up: `call put /up large`, down: `call get /down`, refuse: `SSL_CERT_FILE=ca.pem call get /apps`},
	{name: "gh", needs: "command -v gh", words: true, get: `gh api repos/acme/site -i | grep -o 'HTTP/[0-9.]* [0-9]*'`,
		remove: `gh api -X $(cat delete) repos/acme/$1 -i 2>&1 | grep -oE 'HTTP/?[0-9.]* [0-9]+' | head -1`, refuse: `SSL_CERT_FILE=ca.pem gh api repos/acme/site -i | grep -o 'HTTP/[0-9.]* [0-9]*'`},
	{name: "ruby", needs: "command -v ruby", get: `ruby net.rb get /apps`, remove: `ruby net.rb delete /apps/$1`, up: `ruby net.rb put /up large`, down: `ruby net.rb get /down`,
		refuse: `SSL_CERT_FILE=ca.pem ruby net.rb get /apps`},
	{name: "php", needs: "command -v php", get: `php -n streams.php get /apps`, unled: true},
	{name: "java", needs: "command -v java && java --version | grep -E ' (1[1-9]|2[0-9])\\.'", get: `java -Xmx512m Net.java get /apps 2>/dev/null`, remove: `java -Xmx512m Net.java delete /apps/$1 2>/dev/null`,
		up: `java -Xmx512m Net.java put /up large 2>/dev/null`, down: `java -Xmx512m Net.java get /down 2>/dev/null`,
		refuse: `[ -e own.jks ] || keytool -importcert -noprompt -keystore own.jks -storepass changeit -file ca.pem >/dev/null 2>&1
JAVA_TOOL_OPTIONS="$JAVA_TOOL_OPTIONS -Djavax.net.ssl.trustStore=own.jks" java -Xmx512m Net.java get /apps 2>/dev/null`},
}

// files are what the clients run. The method is in a file of its own.
var files = map[string]string{
	"get": "GET", "put": "PUT", "delete": "DELETE",
	"fetch.js": `const fs = require('fs'), [m, p, f] = process.argv.slice(2)
fetch(process.env.U + p, {method: fs.readFileSync(m, 'utf8').trim(), body: f && fs.readFileSync(f)}).then(async r => { await r.arrayBuffer(); console.log(r.status) }, e => console.log(e.cause ? e.cause.code : e.message))
`,
	"https.js": `const fs = require('fs'), https = require('https'), [m, p, f] = process.argv.slice(2)
const r = https.request(process.env.U + p, {method: fs.readFileSync(m, 'utf8').trim()}, a => { a.resume(); a.on('end', () => console.log(a.statusCode)) })
r.on('error', e => console.log(e.code))
r.end(f && fs.readFileSync(f))
`,
	"urls.py": `import os, sys, urllib.request, urllib.error
m, p, *f = sys.argv[1:]
try:
    print(urllib.request.urlopen(urllib.request.Request(os.environ["U"] + p, open(f[0], "rb").read() if f else None, method=open(m).read().strip())).status)
except urllib.error.HTTPError as e: print(e.code)
except Exception as e: print(type(e).__name__)
`,
	"reqs.py": `import os, sys, requests
m, p, *f = sys.argv[1:]
try: print(requests.request(open(m).read().strip(), os.environ["U"] + p, data=open(f[0], "rb") if f else None).status_code)
except Exception as e: print(type(e).__name__)
`,
	"boto.py": `import sys, boto3, botocore.exceptions
what, *ids = sys.argv[1:]
c = boto3.client("ec2", region_name="us-east-1", aws_access_key_id="AKIDEXAMPLE", aws_secret_access_key="x")
try: print(getattr(c, what)(**({"InstanceIds": ["i-" + ids[0]]} if ids else {}))["ResponseMetadata"]["HTTPStatusCode"])
except botocore.exceptions.ClientError as e: print(e.response["ResponseMetadata"]["HTTPStatusCode"])
except Exception as e: print(type(e).__name__)
`,
	"net.rb": `require "net/http"
m, p, f = ARGV
u = URI(ENV["U"] + p)
begin
  r = Net::HTTP.start(u.host, u.port, use_ssl: true, read_timeout: 60) { |h| h.send_request(File.read(m).strip, u.request_uri, f && File.binread(f), "Content-Type" => "application/octet-stream") }
  puts r.code
rescue StandardError => e then puts e.class
end
`,
	"streams.php": `<?php [$_, $m, $p] = $argv;
$t = @file_get_contents(getenv("U") . $p, false, stream_context_create(["http" => ["method" => trim(file_get_contents($m)), "ignore_errors" => true]]));
echo $t === false ? "failed" : explode(" ", $http_response_header[0])[1], "\n";
`,
	"Net.java": `import java.net.*; import java.net.http.*; import java.nio.file.*;
public class Net { public static void main(String[] a) throws Exception {
  var b = a.length > 2 ? HttpRequest.BodyPublishers.ofFile(Path.of(a[2])) : HttpRequest.BodyPublishers.noBody();
  var r = HttpRequest.newBuilder(URI.create(System.getenv("U") + a[1])).method(Files.readString(Path.of(a[0])).strip(), b).build();
  try { System.out.println(HttpClient.newBuilder().proxy(ProxySelector.getDefault()).build().send(r, HttpResponse.BodyHandlers.discarding()).statusCode()); }
  catch (Exception e) { System.out.println(e.getClass().getSimpleName()); } } }
`,
}
