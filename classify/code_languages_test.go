package classify

import "testing"

// TestCodeFilesByLanguage has what the languages' own libraries do to files, and
// the near misses.
func TestCodeFilesByLanguage(t *testing.T) {
	for _, tt := range []struct{ lang, code, want string }{
		{"ruby", `Pathname.new(Dir.home).rmtree`, "delete-r ~"},
		{"ruby", `d = Pathname.new("/data"); d.rmtree`, "delete-r /data"},
		{"ruby", `FileUtils.rm_rf(["a", "b"])`, "delete-r a delete-r b"},
		{"ruby", `a.delete(1); h.delete_if { |x| x }`, ""},
		{"javascript", `import {rm} from "fs/promises"; await rm("/data", {recursive: true})`, "delete-r /data"},
		{"javascript", `const {rmSync: r} = require("fs"); r("/data", {recursive: true})`, "delete-r /data"},
		{"javascript", `require("fs")["rmSync"]("/data", {recursive: true}); require("node:fs").rm("a", cb)`, "delete-r /data delete a"},
		{"javascript", `const del = require("del"); del(["/data/**"]); knex("users").del()`, "delete-r /data/**"},
		{"python", `from shutil import rmtree as r; r("/data")`, "delete-r /data"},
		{"python", `getattr(__import__("shutil"), "rmtree")("/data")`, "delete-r /data"},
		{"python", `u = "x"; shutil.rmtree(f"/data/{u}"); shutil.rmtree("/data/%s" % u); shutil.rmtree("/data/{}".format(u))`, "delete-r /data/x delete-r /data/x delete-r /data/x"},
		{"python", `from mine import remove; remove("a"); print("rm {}".format("b"))`, ""},
	} {
		r := readCodeOf(tt.lang, tt.code)
		if got := describeFiles(r.facts.files); got != tt.want {
			t.Errorf("%s: %s\n got %s\nwant %s", tt.lang, tt.code, got, tt.want)
		}
	}
}

func TestCodeRequestsByLanguage(t *testing.T) {
	for _, tt := range []struct{ lang, code, want string }{
		{"python", `from kubernetes import client; client.CoreV1Api().delete_namespace("shop")`, "DELETE kubernetes/client/CoreV1Api/DeleteNamespace private none client"},
		{"python", `import docker; docker.from_env().volumes.prune()`, "DELETE docker.localhost/docker/from_env/volumes/Prune loopback none client"},
		{"python", `import docker; docker.from_env().volumes.list(); seen.remove("x")`, ""},
		{"python", `from pinecone import Pinecone; Pinecone(k).delete_index("prod")`, "DELETE api.pinecone.io/DeleteIndex public none client"},
	} {
		r := readCodeOf(tt.lang, tt.code)
		if got := describe(r.facts.https); got != tt.want {
			t.Errorf("%s: %s\n got %s\nwant %s", tt.lang, tt.code, got, tt.want)
		}
	}
}

func TestCodeStores(t *testing.T) {
	for _, tt := range []struct{ lang, code, want string }{
		{"javascript", "sql`DROP TABLE users`; c.query({text: 'TRUNCATE a'})", "drop table users; truncate a"},
		{"javascript", `knex("users").del(); knex("a").truncate(); knex.schema.dropTableIfExists("b")`, "delete users; truncate a; drop table b"},
		{"javascript", `knex("users").where({id: 1}).del(); knex("users").del().where("id", 1)`, ""},
		{"javascript", `supabase.from("users").delete().neq("id", 0)`, "delete users"},
		{"javascript", `supabase.from("users").delete().eq("id", 1); new Map().delete("a")`, ""},
		{"javascript", `sequelize.sync({force: true}); ds.synchronize(true)`, "drop table sequelize; drop table ds"},
		{"javascript", `sequelize.sync(); sequelize.sync({alter: true}); _.truncate("text")`, ""},
		{"php", `DB::table("users")->truncate(); User::query()->delete(); Schema::dropIfExists("a")`, "truncate users; delete; drop table a"},
		{"php", `User::query()->where("id", 1)->delete()`, ""},
		{"ruby", `User.where(id: 3).delete_all; User.destroy_all`, "delete 3 where; delete User"},
		{"python", `s.query(User).delete(); s.query(User).filter_by(id=1).delete()`, "delete"},
		{"python", `import pandas as pd; df.drop(columns=["a"]); df.drop("b", axis=1)`, ""},
		{"python", `redis.Redis(host="h").flushall()`, "flushall h"},
	} {
		r := readCodeOf(tt.lang, tt.code)
		if got := describeSQL(r.facts.sqls, false); got != tt.want {
			t.Errorf("%s: %s\n got %s\nwant %s", tt.lang, tt.code, got, tt.want)
		}
	}
}
