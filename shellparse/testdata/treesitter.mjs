// Reads lines of PowerShell, JSON strings one a line, and prints the commands that
// tree-sitter finds in each: their names and the texts of their arguments.
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
const require = createRequire(process.argv[2] + "/");
const { Parser, Language } = require("web-tree-sitter");
await Parser.init();
const parser = new Parser();
parser.setLanguage(await Language.load(require.resolve("tree-sitter-powershell/tree-sitter-powershell.wasm")));
function commands(node, found) {
  if (node.type === "command") {
    const name = node.childForFieldName("command_name");
    if (name) {
      const args = node.childForFieldName("command_elements");
      found.push([name.text, args ? args.namedChildren.filter((n) => n.type !== "command_argument_sep").map((n) => n.text) : []]);
    }
  }
  for (const child of node.namedChildren) commands(child, found);
  return found;
}
for await (const line of createInterface({ input: process.stdin })) {
  const tree = parser.parse(JSON.parse(line));
  console.log(JSON.stringify({ broken: tree.rootNode.hasError, commands: commands(tree.rootNode, []) }));
  tree.delete();
}
