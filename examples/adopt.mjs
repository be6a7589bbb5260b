// A long-lived app in Node that notices and adopts new releases. Needs `@duckdb/node-api` only.
//
// One process keeps one instance; every request takes a connection of it. Before that the stable path is looked at, and
// where it leads to another file, one statement adopts it. A connection that is still reading keeps the release that it
// began with, so no answer is ever a mixture of two.

import { lstat, readFile, realpath } from "node:fs/promises";
import { dirname, join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";

/** The directory as an app holds it: `await (await Directory.open("…/releases/current")).connection()`. */
export class Directory {
  #path;
  #instance;
  #seen;
  #adopted = Promise.resolve();

  static async open(stablePath) {
    const directory = new Directory();
    directory.#path = stablePath;
    directory.#instance = await DuckDBInstance.create(":memory:");
    return directory;
  }

  /** A connection on the newest release. Take a new one for each request, and `closeSync()` it. */
  async connection() {
    this.#adopted = this.#adopted.catch(() => {}).then(() => this.#adopt()); // one after the other; a failure is tried again
    await this.#adopted;
    const connection = await this.#instance.connect();
    await connection.run("USE iop");
    return connection;
  }

  async #adopt() {
    const newest = await this.#newest();
    if (newest === this.#seen) return;
    const connection = await this.#instance.connect();
    try {
      await connection.run(`ATTACH OR REPLACE '${newest.replaceAll("'", "''")}' AS iop (READ_ONLY)`);
    } finally {
      connection.closeSync();
    }
    this.#seen = newest;
  }

  /** Where the stable path leads. Without symbolic links it is a copy, and `current.json` says of which release. */
  async #newest() {
    if ((await lstat(this.#path)).isSymbolicLink()) return realpath(this.#path);
    const folder = dirname(this.#path);
    const pointer = await readFile(join(folder, "current.json"), "utf8").catch(() => null);
    return pointer === null ? realpath(this.#path) : join(folder, `release-${JSON.parse(pointer).number}.duckdb`);
  }
}

if (import.meta.filename === process.argv[1]) {
  const connection = await (await Directory.open(process.argv[2])).connection();
  const found = await connection.runAndReadAll("SELECT release, built_at, (SELECT count(*) FROM iop) AS programs FROM release_info");
  console.table(found.getRowObjectsJson());
}
