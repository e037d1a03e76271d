package classify

import "testing"

// TestCodeFilesByLanguage has what the languages' own libraries do to files, and
// the near misses.
func TestCodeFilesByLanguage(t *testing.T) {
	for _, tt := range []struct{ lang, code, want string }{
		{"go", `h, err := os.UserHomeDir(); os.RemoveAll(filepath.Join(h, "x"))`, "delete-r ~/x"},
		{"go", `os.Remove("a"); list.Remove(e); b, err := os.ReadFile(".env")`, "delete a read .env"},
		{"go", `d, err := os.MkdirTemp("", "x"); defer os.RemoveAll(d)`, ""},
		{"r", `unlink(path.expand("~"), recursive=TRUE)`, "delete-r ~"},
		{"r", `unlink(c("a", "b"))`, "delete a delete b"},
		{"r", `file.remove(list.files("/data", full.names=TRUE))`, "delete-r /data"},
		{"r", `fs::dir_delete("a"); list.files("~"); x$remove("b")`, "delete-r a"},
		{"ruby", `Pathname.new(Dir.home).rmtree`, "delete-r ~"},
		{"ruby", `d = Pathname.new("/data"); d.rmtree`, "delete-r /data"},
		{"ruby", `FileUtils.rm_rf(["a", "b"])`, "delete-r a delete-r b"},
		{"ruby", `a.delete(1); h.delete_if { |x| x }`, ""},
		{"elixir", `File.rm_rf!(System.user_home!()); File.rm("a"); Map.delete(m, "b")`, "delete-r ~ delete a"},
		{"erlang", `file:del_dir_r("/data"), file:delete("a"), maps:remove("b", M)`, "delete-r /data delete a"},
		{"groovy", `new File(System.getProperty("user.home")).deleteDir()`, "delete-r ~"},
		{"java", `Files.delete(Path.of("a")); FileUtils.deleteDirectory(new File("/data")); map.remove("b")`, "delete a delete-r /data"},
		{"dart", `Directory("/data").deleteSync(recursive: true)`, "delete-r /data"},
		{"swift", `FileManager.default.removeItem(atPath: "/data")`, "delete-r /data"},
		{"lisp", `(delete-directory "~" t) (delete-file "a") (delete "b" list)`, "delete-r ~ delete a"},
		{"lua", `vim.fn.delete(vim.fn.expand("~"), "rf"); os.remove("a"); table.remove(t, 1)`, "delete-r ~ delete a"},
		{"vim", `delete("/data", "rf")`, "delete-r /data"},
		{"rust", `std::fs::remove_dir_all("/data"); fs::remove_file("a"); v.remove(0)`, "delete-r /data delete a"},
		{"csharp", `System.IO.Directory.Delete("/data", true); dict.Remove("k")`, "delete-r /data"},
		{"haskell", `removeDirectoryRecursive "/data"; delete "x" list`, "delete-r /data"},
		{"julia", `rm(joinpath(homedir(), "x"); recursive=true)`, "delete-r ~/x"},
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
		{"go", `req, err := http.NewRequest(http.MethodDelete, "https://h.example.com/x", nil)`, "DELETE h.example.com/x public none"},
		{"go", `req, err := http.NewRequestWithContext(ctx, "DELETE", "https://h.example.com/x", nil)`, "DELETE h.example.com/x public none"},
		{"go", `req, err := http.NewRequest(http.MethodGet, "https://h.example.com/x", nil); m.Delete("k")`, "GET h.example.com/x public none"},
		{"java", `HttpRequest.newBuilder().uri(URI.create("https://h.example.com/x")).DELETE().build()`, "DELETE h.example.com/x public none"},
		{"elixir", `Req.delete!("https://h.example.com/x")`, "DELETE h.example.com/x public none"},
		{"lisp", `(client/delete "https://h.example.com/x") (delete "x" list)`, "DELETE h.example.com/x public none"},
		{"python", `from kubernetes import client; client.CoreV1Api().delete_namespace("shop")`, "DELETE kubernetes/client/CoreV1Api/DeleteNamespace private none client"},
		{"python", `import docker; docker.from_env().volumes.prune()`, "DELETE docker.localhost/docker/from_env/volumes/Prune loopback none client"},
		{"python", `import docker; docker.from_env().volumes.list(); seen.remove("x")`, ""},
		{"go", `import ("context"; "github.com/aws/aws-sdk-go-v2/service/rds"); c = rds.NewFromConfig(cfg); c.DeleteDBInstance(ctx, i)`, "DELETE ec2.amazonaws.com/DeleteDBInstance public none client"},
		{"go", `import "k8s.io/client-go/kubernetes"; cs, err := kubernetes.NewForConfig(cfg); cs.CoreV1().Namespaces().Delete(ctx, "shop", o)`, "DELETE kubernetes/cs/CoreV1/Namespaces/Delete private none client"},
		{"go", `import "k8s.io/client-go/kubernetes"; m.Delete("k"); cache.Delete("x")`, ""},
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
		{"go", `db.Exec("DROP TABLE users"); db.ExecContext(ctx, "TRUNCATE a")`, "drop table users; truncate a"},
		{"r", `DBI::dbExecute(con, "DROP TABLE users")`, "drop table users"},
		{"elixir", `Repo.query!("DROP TABLE users"); Repo.delete_all(MyApp.User)`, "drop table users; delete Repo"},
		{"elixir", `Repo.delete_all(from u in User, where: u.id == 1)`, "delete Repo where"},
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
