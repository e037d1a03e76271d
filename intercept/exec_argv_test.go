package intercept

import (
	"reflect"
	"slices"
	"testing"
)

func TestShellOf(t *testing.T) {
	for _, test := range []struct {
		argv    []string
		program string
		shell   string
		args    []string
	}{
		{[]string{"ls", "-c"}, "/usr/bin/ls", "", nil},
		{nil, "", "", nil},
		{[]string{"/bin/bash", "-c", "a"}, "/usr/bin/bash", "bash", []string{"-c", "a"}},
		{[]string{"sh", "-c", "a"}, "/usr/bin/dash", "sh", []string{"-c", "a"}},
		{[]string{"sh", "-c", "a"}, "/usr/bin/bash", "bash", []string{"-c", "a"}},
		{[]string{"busybox", "sh", "-c", "a"}, "/bin/busybox", "sh", []string{"-c", "a"}},
		{[]string{"busybox"}, "/bin/busybox", "", nil},
		{[]string{"ksh", "x"}, "", "dash", []string{"x"}},
	} {
		shell, args := shellOf(test.argv, test.program)
		if shell != test.shell || !slices.Equal(args, test.args) {
			t.Errorf("shellOf(%q, %q) = %q, %q; want %q, %q", test.argv, test.program, shell, args, test.shell, test.args)
		}
	}
}

func TestPlainName(t *testing.T) {
	box := []string{"busybox", "rm", "ls"}
	for _, test := range []struct {
		argv          []string
		file, program string
		names         []string
		want          []string
	}{
		{[]string{"rm", "-f"}, "/usr/bin/rm", "/usr/bin/rm", []string{"rm"}, []string{"rm", "-f"}},
		{[]string{"/bin/rm", "-f"}, "/bin/rm", "/usr/bin/rm", []string{"rm"}, []string{"/bin/rm", "-f"}},
		{[]string{"./x", "-f"}, "/w/x", "/usr/bin/rm", []string{"rm"}, []string{"/usr/bin/rm", "-f"}},
		{[]string{"ls", "-f"}, "/usr/bin/rm", "/usr/bin/rm", []string{"rm"}, []string{"/usr/bin/rm", "-f"}},
		{[]string{"./ls", "-f"}, "/w/ls", "/usr/bin/rm", []string{"rm"}, []string{"/usr/bin/rm", "-f"}},
		{[]string{"-bash"}, "/bin/bash", "/usr/bin/bash", []string{"bash"}, []string{"/bin/bash"}},
		{[]string{"./tool", "x"}, "/w/tool", "", nil, []string{"./tool", "x"}},
		{[]string{"other", "x"}, "/w/tool", "", nil, []string{"/w/tool", "x"}},
		{nil, "/w/tool", "", nil, []string{"/w/tool"}},
		{[]string{"rm", "x"}, "/bin/rm", "/bin/busybox", box, []string{"rm", "x"}},
		{[]string{"rm", "x"}, "/w/x", "/bin/busybox", box, []string{"/bin/busybox", "rm", "x"}},
		{[]string{"rm", "x"}, "/bin/ls", "/bin/busybox", box, []string{"/bin/busybox", "rm", "x"}},
		{[]string{"busybox", "rm"}, "/bin/busybox", "/bin/busybox", box, []string{"busybox", "rm"}},
		{[]string{""}, "/w/x", "/bin/busybox", box, []string{"/bin/busybox"}},
	} {
		if got := plainName(test.argv, test.file, test.program, test.names); !reflect.DeepEqual(got, test.want) {
			t.Errorf("plainName(%q, %s, %s) = %q, want %q", test.argv, test.file, test.program, got, test.want)
		}
	}
}

func TestLoaded(t *testing.T) {
	for _, test := range []struct {
		argv    []string
		program string
		run     []string
	}{
		{[]string{"ld.so", "/bin/rm", "-f", "x"}, "/bin/rm", []string{"/bin/rm", "-f", "x"}},
		{[]string{"ld.so", "--argv0", "ls", "/bin/rm", "x"}, "/bin/rm", []string{"ls", "x"}},
		{[]string{"ld.so", "--library-path", "/l", "--inhibit-cache", "./p"}, "./p", []string{"./p"}},
		{[]string{"ld-musl", "--preload=/l.so", "./p"}, "./p", []string{"./p"}},
		{[]string{"ld.so", "--list", "/bin/rm"}, "", nil},
		{[]string{"ld.so", "--preload"}, "", nil},
		{[]string{"ld.so"}, "", nil},
	} {
		program, run := loaded(test.argv)
		if program != test.program || !reflect.DeepEqual(run, test.run) {
			t.Errorf("loaded(%q) = %q, %q; want %q, %q", test.argv, program, run, test.program, test.run)
		}
	}
}

func TestShebang(t *testing.T) {
	for _, test := range []struct {
		head, interp, arg string
		ok                bool
	}{
		{"#!/bin/sh\nrm", "/bin/sh", "", true},
		{"#! /usr/bin/env  python3 -u \n", "/usr/bin/env", "python3 -u", true},
		{"#!/bin/sh", "/bin/sh", "", true},
		{"#!\n", "", "", true},
		{"\x7fELF", "", "", false},
		{"", "", "", false},
	} {
		interp, arg, ok := shebang(test.head)
		if interp != test.interp || arg != test.arg || ok != test.ok {
			t.Errorf("shebang(%q) = %q, %q, %v", test.head, interp, arg, ok)
		}
	}
}

func TestBoundedForgetsTheOldest(t *testing.T) {
	b := newBounded[int, int](3)
	for i := range 10 {
		b.put(i, i)
		b.put(i, -i)
		if len(b.values) > 3 {
			t.Fatalf("%d entries, want at most 3", len(b.values))
		}
	}
	for i := range 10 {
		if v, ok := b.get(i); ok != (i >= 7) || ok && v != -i {
			t.Errorf("get(%d) = %d, %v", i, v, ok)
		}
	}
}
