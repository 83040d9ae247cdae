// An OpenID Connect provider for the tests: the package `oidc-provider`, whose pages answer by themselves as the test
// asks. It listens on the port that is given (0: a free one), says which on the first line, and ends when its standard
// input does.
//
// POST /test/be with JSON changes how it is from then on; what is not named stays:
//   redirect, out     where it may send a browser after a login and a logout
//   account           who is at the keyboard: its `sub`
//   claims            what there is to say of them (name, email, groups, ...)
//   acr, amr          how they are checked
//   refuse            they are asked whether Open Klant may know them, and say no
//   rotate            it signs with another key
//   down              everything is answered with 503
// GET /test/seen answers what came to its token endpoint and its login, without secrets.

import { generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:http';

import Provider from 'oidc-provider';

// Nobody reads the output after the first line; the package tells there what it would not do in production.
console.info = console.error;

const be = {
  redirect: 'http://127.0.0.1/none',
  out: 'http://127.0.0.1/none',
  account: 'nobody',
  claims: {},
  acr: undefined,
  amr: undefined,
  refuse: false,
  down: false,
};
const seen = { authorize: [], token: 0, userinfo: 0, logout: 0 };

let issuer;
let provider;
let keys = 0;

function newKey() {
  keys += 1;
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return { ...privateKey.export({ format: 'jwk' }), kid: `key-${keys}`, use: 'sig', alg: 'RS256' };
}

let key = newKey();

function make() {
  provider = new Provider(issuer, {
    clients: [
      {
        client_id: 'openklant',
        client_secret: 'geheim van openklant bij de inlogdienst',
        redirect_uris: [be.redirect],
        post_logout_redirect_uris: [be.out],
        grant_types: ['authorization_code'],
        response_types: ['code'],
      },
    ],
    jwks: { keys: [key] },
    cookies: { keys: ['only for tests'] },
    pkce: { required: () => true },
    acrValues: ['laag', 'hoog'],
    claims: {
      openid: ['sub', 'acr', 'amr'],
      profile: ['name', 'given_name', 'family_name', 'groups', 'realm_access'],
      email: ['email'],
    },
    features: { devInteractions: { enabled: false }, rpInitiatedLogout: { enabled: true } },
    interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
    findAccount: (_, id) => ({ accountId: id, claims: () => ({ ...be.claims, sub: id }) }),
    renderError: (ctx, out) => {
      ctx.type = 'json';
      ctx.body = out;
    },
  });
}

async function interact(request, response) {
  const details = await provider.interactionDetails(request, response);
  if (details.prompt.name === 'login') {
    const login = { accountId: be.account, acr: be.acr, amr: be.amr };
    return provider.interactionFinished(request, response, { login });
  }
  if (be.refuse) {
    const refusal = { error: 'access_denied', error_description: 'they said no' };
    return provider.interactionFinished(request, response, refusal);
  }
  const grant = new provider.Grant({ accountId: details.session.accountId, clientId: details.params.client_id });
  grant.addOIDCScope(details.params.scope);
  const consent = { grantId: await grant.save() };
  return provider.interactionFinished(request, response, { consent }, { mergeWithLastSubmission: true });
}

async function body(request) {
  let text = '';
  for await (const part of request) text += part;
  return JSON.parse(text);
}

async function answer(request, response) {
  const { pathname, searchParams } = new URL(request.url, issuer);
  if (pathname === '/test/be') {
    const wanted = await body(request);
    if (wanted.rotate) key = newKey();
    delete wanted.rotate;
    Object.assign(be, wanted);
    make();
    return response.end();
  }
  if (pathname === '/test/seen') {
    response.setHeader('content-type', 'application/json');
    return response.end(JSON.stringify(seen));
  }
  if (be.down) {
    response.statusCode = 503;
    return response.end();
  }
  if (pathname === '/auth') seen.authorize.push(Object.fromEntries(searchParams));
  if (pathname === '/token') seen.token += 1;
  if (pathname === '/me') seen.userinfo += 1;
  if (pathname === '/session/end') seen.logout += 1;
  if (pathname.startsWith('/interaction/')) return interact(request, response);
  return provider.callback()(request, response);
}

const server = createServer((request, response) => {
  answer(request, response).catch((error) => {
    response.statusCode = 500;
    response.end(String(error));
  });
});
server.listen(Number(process.argv[2] ?? 0), '127.0.0.1', () => {
  issuer = `http://127.0.0.1:${server.address().port}`;
  make();
  console.log(server.address().port);
});
process.stdin.on('end', () => process.exit(0)).resume();
