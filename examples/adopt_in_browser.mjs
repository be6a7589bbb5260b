// A page that stays open and adopts new releases. Needs `@duckdb/duckdb-wasm` only, and no server but one of files:
// the folder (or bucket) that `IOP_PUBLISH` fills, which has `current.json` beside the releases.
//
// Before each answer `current.json` is asked for; where it names another release, one statement adopts it. Of a file the
// blocks that a query wants are fetched, where the server answers to `Range`; else it is fetched whole.

import { DuckDBDataProtocol } from "@duckdb/duckdb-wasm";

/** The directory as a page holds it: `new Directory(db, "https://…/releases/")`, of an `AsyncDuckDB` that is instantiated. */
export class Directory {
  #db;
  #folder;
  #seen;
  #adopted = Promise.resolve();

  constructor(db, folder) {
    this.#db = db;
    this.#folder = new URL(folder, globalThis.location?.href);
  }

  /** A connection on the newest release. Take a new one for each answer, and `close()` it. */
  async connection() {
    this.#adopted = this.#adopted.catch(() => {}).then(() => this.#adopt()); // one after the other; a failure is tried again
    await this.#adopted;
    const connection = await this.#db.connect();
    await connection.query("USE iop");
    return connection;
  }

  async #adopt() {
    const answer = await fetch(new URL("current.json", this.#folder), { cache: "no-store" });
    if (!answer.ok) throw new Error(`current.json: ${answer.status}`);
    const { file } = await answer.json();
    if (file === this.#seen) return;
    await this.#db.registerFileURL(file, new URL(file, this.#folder).href, DuckDBDataProtocol.HTTP, false);
    const connection = await this.#db.connect();
    try {
      await connection.query(`ATTACH OR REPLACE '${file}' AS iop (READ_ONLY)`);
    } finally {
      await connection.close();
    }
    this.#seen = file;
  }
}
