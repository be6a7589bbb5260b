// Answers lines of stdin with lines of JSON, from the directory of `adopt.mjs`:
// {"sql"} → rows of the last statement; {"begin": sql} → rows of its first chunk; {"finish": true} → how often each row came after it.
import { createInterface } from "node:readline";
import { Directory } from "./adopt.mjs";

const app = await Directory.open(process.argv[2]);
let chunks;

const json = (rows) => JSON.stringify(rows, (_, value) => (typeof value === "bigint" ? Number(value) : value));

async function ask(sql) {
  const connection = await app.connection();
  const statements = await connection.extractStatements(sql);
  let found;
  for (let number = 0; number < statements.count; number++) {
    const prepared = await statements.prepare(number);
    found = (await prepared.runAndReadAll()).getRowObjectsJson();
  }
  connection.closeSync();
  return found;
}

async function begin(sql) {
  const connection = await app.connection();
  const result = await connection.stream(sql);
  chunks = { next: () => result.fetchChunk(), connection };
  return (await chunks.next()).getRows();
}

async function finish() {
  const seen = {};
  for (let chunk = await chunks.next(); chunk && chunk.rowCount > 0; chunk = await chunks.next())
    for (const row of chunk.getRows()) seen[json(row)] = (seen[json(row)] ?? 0) + 1;
  chunks.connection.closeSync();
  return seen;
}

for await (const line of createInterface({ input: process.stdin })) {
  const asked = JSON.parse(line);
  const answer = asked.sql ? ask(asked.sql) : asked.begin ? begin(asked.begin) : finish();
  console.log(json(await answer.catch((error) => ({ error: String(error) }))));
}
