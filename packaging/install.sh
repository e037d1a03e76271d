#!/bin/sh
# Installs restrain for one user: downloads the archive of this system from where
# a release lies, compares it with the release's SHA256SUMS, and puts programs,
# manual and completions below a directory. It never asks for more rights.
set -eu

usage() {
  cat <<'END'
usage: install.sh [--prefix DIR] BASE

  BASE          where the release lies: an https:// address, a file:// one, or a
                directory that has SHA256SUMS and the archives;
                RESTRAIN_DOWNLOADS, if it is not given
  --prefix DIR  where bin and share are, or are made; ~/.local without it
END
}

fail() {
  printf 'restrain: error: %s\n' "$1" >&2
  [ -z "${2-}" ] || printf 'restrain: hint: %s\n' "$2" >&2
  exit 1
}

have() { command -v "$1" >/dev/null 2>&1; }

# fetch FILE: BASE/FILE, into the temporary directory.
fetch() {
  case $base in
  https://* | http://*)
    if have curl; then
      curl -fsSL --proto-redir =https,http --retry 2 -o "$tmp/$1" "$base/$1"
    elif have wget; then
      wget -q -O "$tmp/$1" "$base/$1"
    else
      fail 'neither curl nor wget is installed' 'install one, or download the release and give its directory'
    fi ;;
  *) cp "$base/$1" "$tmp/$1" ;;
  esac || fail "$base/$1 cannot be had" 'check the address of the release, and the network'
}

# sum FILE: its SHA-256.
sum() {
  if have sha256sum; then
    sha256sum <"$1"
  elif have shasum; then
    shasum -a 256 <"$1"
  elif have openssl; then
    openssl dgst -sha256 -r <"$1"
  else
    fail 'no tool can compute a SHA-256 sum, so the download cannot be trusted' 'install sha256sum, shasum or openssl'
  fi
}

# place MODE FILE DIR [NAME]: FILE into DIR, in one step, also where the old one runs.
place() {
  to=$3/${4-${2##*/}}
  mkdir -p "$3" && cp "$2" "$to.new$$" && chmod "$1" "$to.new$$" && mv -f "$to.new$$" "$to" ||
    fail "$to cannot be written" 'choose another place with --prefix'
}

prefix=${HOME:+$HOME/.local}
base=${RESTRAIN_DOWNLOADS-}
while [ $# -gt 0 ]; do
  case $1 in
  --prefix)
    [ $# -ge 2 ] || fail '--prefix needs a directory'
    prefix=$2
    shift ;;
  --prefix=*) prefix=${1#--prefix=} ;;
  -h | --help)
    usage
    exit 0 ;;
  -*) fail "no option $1" 'install.sh --help lists them' ;;
  *) base=$1 ;;
  esac
  shift
done
[ -n "$base" ] || fail 'where the release lies is not known' 'give its address, or set RESTRAIN_DOWNLOADS'
[ -n "$prefix" ] || fail 'no home directory' 'set HOME, or give --prefix'
base=${base%/}
case $base in
http://127.0.0.1* | http://localhost* | http://\[::1\]*) ;;
http://*) fail "$base can be changed on the way, sums and all" 'use its https:// address' ;;
file://*) base=${base#file://} ;;
esac

case $(uname -s) in
Linux) system=linux ;;
Darwin) system=darwin ;;
*) fail "no archive is made for $(uname -s)" 'build it with Go: CGO_ENABLED=0 go install ./cmd/...' ;;
esac
case $(uname -m) in
x86_64 | amd64) cpu=amd64 ;;
aarch64 | arm64) cpu=arm64 ;;
*) fail "no archive is made for $(uname -m)" 'build it with Go: CGO_ENABLED=0 go install ./cmd/...' ;;
esac

tmp=$(mktemp -d) || fail 'no temporary directory' 'set TMPDIR to a directory that can be written'
trap 'rm -rf "$tmp"' EXIT
trap 'exit 1' HUP INT TERM

fetch SHA256SUMS
lines=$(grep -E "^[0-9a-f]{64} [ *]restrain_[0-9A-Za-z.+~-]+_${system}_$cpu\.tar\.gz$" "$tmp/SHA256SUMS") ||
  fail "$base/SHA256SUMS names no archive for $system/$cpu" 'check the address of the release'
[ "$(printf '%s\n' "$lines" | wc -l)" -eq 1 ] ||
  fail "$base/SHA256SUMS names several archives for $system/$cpu" 'give the address of one release'
want=${lines%% *}
archive=${lines##*[ *]}
fetch "$archive"
got=$(sum "$tmp/$archive")
got=${got%% *}
[ "$got" = "$want" ] ||
  fail "$archive is not what SHA256SUMS says: $got instead of $want; nothing was installed" 'download it again; if it stays so, tell those who released it'

mkdir "$tmp/new"
tar -xzf "$tmp/$archive" -C "$tmp/new" || fail "$archive cannot be unpacked" 'is tar installed, and is there room in the temporary directory?'
for program in "$tmp"/new/restrain*; do
  place 755 "$program" "$prefix/bin"
done
ln -sf restrain "$prefix/bin/restrain-bash"
ln -sf restrain "$prefix/bin/restrain-zsh"
share=$tmp/new/share
place 644 "$share/restrain.1" "$prefix/share/man/man1"
place 644 "$share/restrain.bash" "$prefix/share/bash-completion/completions" restrain
place 644 "$share/restrain.zsh" "$prefix/share/zsh/site-functions" _restrain
place 644 "$share/restrain.fish" "$prefix/share/fish/vendor_completions.d"

"$prefix/bin/restrain" --version || fail "$prefix/bin/restrain does not start" 'is programs'\'' execution allowed there? try another --prefix'
printf 'installed in %s\n' "$prefix"
case :${PATH-}: in
*:"$prefix/bin":*) ;;
*) printf 'put it into PATH:      export PATH="%s/bin:$PATH"\n' "$prefix" ;;
esac
printf 'guard your agents:     restrain init\n'
printf 'or start one guarded:  restrain -- claude\n'
