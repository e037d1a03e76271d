package classify

// A clientPart is what an option of an HTTP client says of its requests.
type clientPart byte

const (
	partValue    clientPart = iota // nothing that counts, but it has a value
	partURL                        // the address
	partList                       // a file of addresses
	partConfig                     // a file of options
	partHost                       // the server, where the address has none
	partMethod                     // the method
	partBody                       // the body, or a part of it
	partData                       // the same, or @ and a file
	partJSON                       // the same, put together without a sign
	partEncoded                    // content, =content, name=content, @file or name@file
	partForm                       // name=content, name=@file
	partField                      // a member of an object, or name=@file
	partRawField                   // a member of an object
	partFile                       // a file that is the body
	partUpload                     // a file that is put
	partQuery                      // a parameter of the query
	partHeader                     // a header, or @ and a file
	partPair                       // a header with an equals sign
	partTable                      // PowerShell's table of headers
	partUser                       // a credential, by its kind
	partBearer
	partCookie
	partNetrc
	partClient
	partGet     // data is the query
	partHead    // only headers are asked for
	partSocket  // where the connection leads: a socket,
	partConnect // HOST:PORT:HOST:PORT,
	partResolve // HOST:PORT:ADDRESS
	partShown   // the request is shown, and not made
)

// A clientOption are options that say the same: letters for those with one dash,
// words for those with two. One that is bare has no value.
type clientOption struct {
	part  clientPart
	bare  bool
	names string
}

// curlOptions are curl's; those that it does not have take no value (curl 8.16,
// tool_getparam.c).
var curlOptions = [...]clientOption{
	{partMethod, false, "X request"},
	{partData, false, "d data data-ascii data-binary"},
	{partBody, false, "data-raw form-string"},
	{partJSON, false, "json"},
	{partEncoded, false, "data-urlencode"},
	{partForm, false, "F form"},
	{partUpload, false, "T upload-file"},
	{partGet, true, "G get"},
	{partHead, true, "I head"},
	{partHeader, false, "H header"},
	{partUser, false, "u user aws-sigv4"},
	{partBearer, false, "oauth2-bearer"},
	{partCookie, false, "b cookie"},
	{partNetrc, true, "n netrc netrc-optional"},
	{partNetrc, false, "netrc-file"},
	{partClient, false, "E cert"},
	{partConfig, false, "K config"},
	{partURL, false, "url"},
	{partQuery, false, "url-query"},
	{partSocket, false, "unix-socket abstract-unix-socket"},
	{partConnect, false, "connect-to"},
	{partResolve, false, "resolve"},
	{partValue, false, "A user-agent c cookie-jar C continue-at D dump-header e referer h help m max-time M o output P Q quote r range t telnet-option" +
		" U proxy-user w write-out x proxy y speed-time Y speed-limit z time-cond" +
		" alt-svc cacert capath cert-type ciphers connect-timeout create-file-mode crlfile curves delegation dns-interface dns-ipv4-addr dns-ipv6-addr" +
		" dns-servers doh-url ech egd-file engine etag-compare etag-save expect100-timeout ftp-account ftp-alternative-to-user ftp-method ftp-port" +
		" ftp-ssl-ccc-mode happy-eyeballs-timeout-ms haproxy-clientip hostpubmd5 hostpubsha256 hsts interface ip-tos ipfs-gateway keepalive-cnt" +
		" keepalive-time key key-type krb libcurl limit-rate local-port login-options mail-auth mail-from mail-rcpt max-filesize max-redirs noproxy" +
		" output-dir parallel-max parallel-max-host pass pinnedpubkey preproxy proto proto-default proto-redir proxy-cacert proxy-capath proxy-cert" +
		" proxy-cert-type proxy-ciphers proxy-crlfile proxy-header proxy-key proxy-key-type proxy-pass proxy-pinnedpubkey proxy-service-name" +
		" proxy-tls13-ciphers proxy-tlsauthtype proxy-tlspassword proxy-tlsuser proxy1.0 pubkey random-file rate request-target retry retry-delay" +
		" retry-max-time sasl-authzid service-name socks4 socks4a socks5 socks5-gssapi-service socks5-hostname ssl-sessions stderr tftp-blksize" +
		" tls-max tls13-ciphers tlsauthtype tlspassword tlsuser trace trace-ascii trace-config upload-flags variable vlan-priority"},
}

var wgetOptions = [...]clientOption{
	{partMethod, false, "method"},
	{partBody, false, "post-data body-data"},
	{partFile, false, "post-file body-file"},
	{partHeader, false, "header"},
	{partUser, false, "user password http-user http-password use-askpass"},
	{partUser, true, "ask-password"},
	{partCookie, false, "load-cookies"},
	{partClient, false, "certificate private-key"},
	{partList, false, "i input-file"},
	{partValue, false, "a A B D e E G I l n o O P Q R t T w X U output-document output-file directory-prefix user-agent tries timeout wait referer" +
		" save-cookies level accept reject domains quota limit-rate ca-certificate base execute append-output"},
}

var httpieOptions = [...]clientOption{
	{partShown, true, "offline"},
	{partBody, false, "raw"},
	{partUser, false, "a auth bearer"},
	{partCookie, false, "session session-read-only"},
	{partClient, false, "cert"},
	{partValue, false, "A auth-type o output p print s style timeout proxy verify cert-key pretty format-options max-redirects default-scheme path-as-is"},
}

// forgeOptions are those of gh api, and of other tools that took the way over.
var forgeOptions = [...]clientOption{
	{partMethod, false, "X method"},
	{partField, false, "F field"},
	{partRawField, false, "f raw-field"},
	{partFile, false, "input"},
	{partHeader, false, "H header"},
	{partHost, false, "hostname"},
	{partValue, false, "q jq t template p preview cache output"},
}

// azureOptions are those of az rest.
var azureOptions = [...]clientOption{
	{partMethod, false, "m method"},
	{partURL, false, "u url uri"},
	{partJSON, false, "b body"},
	{partPair, false, "headers"},
	{partValue, false, "o output query resource subscription"},
}

// cmdletOptions are those of PowerShell's web commands, whose names may be cut short.
var cmdletOptions = [...]clientOption{
	{partMethod, false, "method custommethod"},
	{partURL, false, "uri"},
	{partBody, false, "body form"},
	{partFile, false, "infile"},
	{partTable, false, "headers"},
	{partUser, false, "credential token"},
	{partUser, true, "usedefaultcredentials"},
	{partValue, false, "outfile contenttype timeoutsec useragent websession sessionvariable proxy authentication"},
}
