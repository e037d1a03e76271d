package classify

import (
	"slices"
	"strings"
	"testing"

	"restrain/shellparse"
)

func sentOf(line string) []Sent {
	return Shipped().Classify(shellparse.Parse(line, shellparse.Options{}), Offline{}).Sent
}

func TestSentOfAnyProgram(t *testing.T) {
	onWire := Shipped().Classify(shellparse.FromArgv([]string{"curl", "-X", "DELETE", "-H", "Authorization: Bearer x", "--url", "https://api.example.com/v1/volumes/42"}, shellparse.Options{}), Offline{}).Sent
	for line, same := range map[string]bool{
		"curl -X DELETE https://api.example.com/v1/volumes/42":                                   true,
		"http DELETE https://api.example.com/v1/volumes/42":                                      true,
		`python3 -c 'import requests; requests.delete("https://api.example.com/v1/volumes/42")'`: true,
		"curl -X DELETE https://api.example.com/v1/volumes/43":                                   false,
		"curl -X DELETE https://api.example.com/v1/volumes/$ID":                                  false,
		"curl -X DELETE https://api.example.org/v1/volumes/42":                                   false,
		"curl https://api.example.com/v1/volumes/42":                                             false,
		"curl -X DELETE https://api.example.com/v1/volumes/42?force=1":                           false,
		"curl -X DELETE https://api.example.com/v1/volumes/42 -d '{\"all\":true}'":               false,
		"rm -rf volumes/42": false,
	} {
		if got := slices.ContainsFunc(sentOf(line), func(s Sent) bool { return s.Same(&onWire[0]) }); got != same {
			t.Errorf("%s: same %t, %+v", line, got, sentOf(line))
		}
	}
}

func TestSentOperations(t *testing.T) {
	for line, want := range map[string]string{
		`curl https://backboard.railway.app/graphql/v2 -d '{"query":"mutation { volumeDelete(volumeId: \"v1\") }"}'`: "mutation volumeDelete",
		`curl https://ec2.amazonaws.com/ -d 'Action=TerminateInstances&InstanceId.1=i-1'`:                            "TerminateInstances",
		`curl 'https://ec2.amazonaws.com/?Action=DescribeInstances'`:                                                 "DescribeInstances",
		`curl https://dynamodb.us-east-1.amazonaws.com/ -H 'X-Amz-Target: DynamoDB_20120810.DeleteTable' -d '{}'`:    "DeleteTable",
		`curl https://api.example.com/`: "",
	} {
		sent := sentOf(line)
		if len(sent) != 1 || strings.Join(sent[0].Operations, " ") != want {
			t.Errorf("%s: %+v, want %q", line, sent, want)
		}
	}
}

func TestSentNames(t *testing.T) {
	sent := sentOf(`curl https://api.example.com/graphql -d '{"query":"mutation { volumeDelete(volumeId: \"v-1\") }"}'`)[0]
	if !sent.Names("v-1") || sent.Names("v") || sent.Names("") {
		t.Errorf("%+v", sent)
	}
	sent = sentOf(`curl -X DELETE https://api.github.com/repos/acme/site`)[0]
	if !sent.Names("acme/site") || !sent.Names("site") || sent.Names("sit") {
		t.Errorf("%+v", sent)
	}
}

func TestOpenHosts(t *testing.T) {
	hosts := Shipped().OpenHosts()
	for _, want := range []string{"backboard.railway.*", "*.amazonaws.com", "api.github.com", "gitlab.com"} {
		if !slices.Contains(hosts, want) {
			t.Errorf("%s is not opened", want)
		}
	}
	for _, other := range []string{"kubernetes", "docker", "*.sock", "10.*", "169.254.169.254", "metadata"} {
		if slices.Contains(hosts, other) {
			t.Errorf("%s is opened", other)
		}
	}
	added, err := LoadOver(Shipped(), "rules.toml", []byte("net = true\n[wire]\nopen = [\"api.example.com\"]\nshut = [\"api.github.com\"]\n"))
	if err != nil || !added.Net || !slices.Contains(added.OpenHosts(), "api.example.com") || !slices.Contains(added.OpenHosts(), "gitlab.com") || !slices.Contains(added.Wire.Shut, "api.github.com") {
		t.Errorf("%v %+v", err, added)
	}
	if project, err := LoadTighter(Shipped(), ".restrain.toml", []byte("net = true\n[wire]\nopen = [\"api.example.com\"]\n")); err != nil || !project.Net || !slices.Contains(project.OpenHosts(), "api.example.com") {
		t.Errorf("a project cannot open hosts: %v", err)
	}
	if _, err := LoadTighter(Shipped(), ".restrain.toml", []byte("[wire]\nshut = [\"*\"]\n")); err == nil {
		t.Error("a project can shut hosts")
	}
	if _, err := LoadTighter(added, ".restrain.toml", []byte("net = false\n")); err == nil {
		t.Error("a project can switch it off")
	}
}
