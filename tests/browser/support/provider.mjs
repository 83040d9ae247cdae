// The OpenID Connect provider of `tests/provider/`, in a process of its own.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

const FOLDER = fileURLToPath(new URL("../../provider/", import.meta.url));

/** Starts one in which this account is at the keyboard, with these claims. */
export async function provider(account, claims) {
  const running = spawn("node", ["provider.mjs", "0"], { cwd: FOLDER, stdio: ["pipe", "pipe", "ignore"] });
  process.once("exit", () => running.kill());
  const [line] = await once(running.stdout.setEncoding("utf8"), "data");
  for (const held of [running, running.stdin, running.stdout]) held.unref();
  const issuer = `http://127.0.0.1:${Number(line)}`;
  const be = async (how) => {
    const answer = await fetch(`${issuer}/test/be`, { method: "POST", body: JSON.stringify(how) });
    if (!answer.ok) throw new Error(`the provider answers ${answer.status}`);
  };
  await be({ account, claims });
  return {
    issuer,
    be,
    /** Lets it send browsers to this program. */
    know: ({ origin }) => be({ redirect: `${origin}/beheer/inloggen/oidc/terug`, out: `${origin}/beheer/inloggen/oidc/uit` }),
    settings: {
      OPENKLANT_BEHEER_OIDC_ISSUER: issuer,
      OPENKLANT_BEHEER_OIDC_CLIENT_ID: "openklant",
      OPENKLANT_BEHEER_OIDC_CLIENT_SECRET: "geheim van openklant bij de inlogdienst",
      OPENKLANT_BEHEER_OIDC_ROLES: "balie=lezer,techniek=operator",
    },
    stop: () => running.kill(),
  };
}
