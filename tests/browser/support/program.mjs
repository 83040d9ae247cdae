// The program `openklant` as an operator runs it: in a folder of its own, on a fresh database, with these settings and no
// others, and with what its commands give: accounts, a token of the API.
import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { createHmac, randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

// The product under test: `cargo xtask browser` names it; by hand it is what `cargo build` made.
const PROGRAM = process.env.OPENKLANT_TEST_PROGRAM
  ?? path.resolve(import.meta.url.replace("file://", ""), "../../../../target/debug/openklant");
const CLIENT_ID = "browser-tests";
const SECRET = "a-secret-of-the-tests-in-the-browser";
const PASSWORD = "een-lang-wachtwoord-voor-de-proef";
// How long a start may take, in milliseconds.
const PATIENCE = 30_000;

const freePort = () => new Promise((resolve, reject) => {
  const server = createServer().on("error", reject);
  server.listen(0, "127.0.0.1", () => {
    const { port } = server.address();
    server.close(() => resolve(port));
  });
});

// A database of PostgreSQL for one run of the program.
async function postgresDatabase() {
  const server = process.env.OPENKLANT_TEST_POSTGRES_URL;
  assert.ok(server, "OPENKLANT_TEST_POSTGRES_URL names no server: `cargo xtask browser` does");
  const name = `openklant_browser_${randomBytes(6).toString("hex")}`;
  const tell = (statement) => run("psql", ["--quiet", "--no-psqlrc", "--command", statement, server]);
  await tell(`CREATE DATABASE ${name}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  return { url: url.href, remove: () => tell(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`) };
}

/** The program, running. */
export class Program {
  /** Starts it. `database` is sqlite or postgres; `settings` come on top of what the tests need. */
  static async start({ database = "sqlite", settings = {} } = {}) {
    const program = new Program();
    program.folder = await mkdtemp(path.join(tmpdir(), "openklant-browser-"));
    const port = await freePort();
    program.origin = `http://127.0.0.1:${port}`;
    program.settings = {
      OPENKLANT_LISTEN: `127.0.0.1:${port}`,
      OPENKLANT_BASE_URL: program.origin,
      OPENKLANT_SECRET_KEY: randomBytes(32).toString("base64"),
      OPENKLANT_BEHEER_ORGANISATION: "Gemeente Waterdam",
      ...settings,
    };
    if (database === "postgres") {
      program.postgres = await postgresDatabase();
      program.settings.OPENKLANT_DATABASE_URL = program.postgres.url;
      await program.run(["migrate"]);
    }
    await program.run(
      ["applicatie", "add", "--label", "Proef", "--client-id", CLIENT_ID, "--secret-stdin", "--alle-autorisaties"],
      SECRET,
    );
    await program.up();
    return program;
  }

  /** Starts what serves and delivers. */
  async up() {
    this.process = spawn(PROGRAM, ["up"], { cwd: this.folder, env: this.settings });
    // A test that fails on its way here ends all the same, and leaves nothing behind.
    const { process: child } = this;
    const kill = () => child.kill("SIGKILL");
    process.once("exit", kill);
    child.once("exit", () => process.off("exit", kill));
    for (const held of [child, child.stdin, child.stdout, child.stderr]) held.unref();
    this.log = "";
    this.ended = new Promise((resolve) => this.process.once("exit", resolve));
    for (const stream of [this.process.stdout, this.process.stderr]) {
      stream.setEncoding("utf8").on("data", (text) => { this.log += text; });
    }
    await this.until("it listens", () => this.log.includes("the API listens"));
  }

  /** Ends what serves and delivers. */
  async down() {
    this.process.kill("SIGTERM");
    const late = setTimeout(() => this.process.kill("SIGKILL"), 5000);
    await this.ended;
    clearTimeout(late);
  }

  /** The same on the same data with other settings. */
  async restart(settings) {
    await this.down();
    this.settings = settings;
    this.token = undefined;
    await this.up();
  }

  /** Waits until something is so. */
  async until(what, isSo) {
    for (const end = Date.now() + PATIENCE; ;) {
      const found = await isSo();
      if (found) return found;
      if (Date.now() > end || this.process?.exitCode != null) {
        throw new Error(`waited in vain until ${what}; the log ends with\n${this.log.split("\n").slice(-20).join("\n")}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
  }

  /** Runs a command to its end, and gives what it printed. */
  async run(words, stdin = "") {
    const running = run(PROGRAM, words, { cwd: this.folder, env: this.settings });
    // A command that reads nothing may be gone before this.
    running.child.stdin.on("error", () => {}).end(stdin);
    return (await running).stdout;
  }

  /** Adds an account with these roles. */
  async account(...roles) {
    this.accounts = (this.accounts ?? 0) + 1;
    const login = `f.devries${this.accounts}`;
    const printed = await this.run(
      ["beheerder", "add", "--login", login, "--name", "F. de Vries", "--password-stdin", "--format", "json",
        ...roles.flatMap((role) => ["--role", role])],
      PASSWORD,
    );
    const secret = new URL(JSON.parse(printed).otpauth).searchParams.get("secret");
    return { login, password: PASSWORD, code: () => totp(secret) };
  }

  /** A request to the API; gives the body, and fails on another status than one of success. */
  async api(method, address, body) {
    this.token ??= (await this.run(["token", "--client-id", CLIENT_ID, "--user-representation", "Proef"])).trim();
    const answer = await fetch(new URL(address, this.origin), {
      method,
      headers: { Authorization: `Bearer ${this.token}`, "Content-Type": "application/json" },
      body: body && JSON.stringify(body),
    });
    const text = await answer.text();
    assert.ok(answer.ok, `${method} ${address}: ${answer.status} ${text}`);
    return text ? JSON.parse(text) : null;
  }

  /** Ends it, and throws away what it had. */
  async stop() {
    await this.down();
    await this.postgres?.remove();
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** The code of six digits that an authenticator app shows now (RFC 6238). */
export function totp(secret, now = Date.now()) {
  const bits = [...secret].map((letter) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(letter).toString(2).padStart(5, "0")).join("");
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => Number.parseInt(byte, 2)));
  const step = Buffer.alloc(8);
  step.writeBigUInt64BE(BigInt(Math.floor(now / 30_000)));
  const hash = createHmac("sha1", key).update(step).digest();
  const at = hash[hash.length - 1] & 15;
  return String((hash.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}
