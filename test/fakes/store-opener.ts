import { DatabaseSync } from "node:sqlite";
import { openStore } from "../../src/store/store.ts";

// A process that opens a store and is killed in the moment in which it is about to do a certain thing.

const [folder = "", text = ""] = process.argv.slice(2);
const { prepare } = DatabaseSync.prototype;
DatabaseSync.prototype.prepare = function prepareUnlessItIsTime(sql, ...rest) {
  if (sql.includes(text)) process.kill(process.pid, "SIGKILL");
  return prepare.call(this, sql, ...rest);
};
await openStore(folder);
