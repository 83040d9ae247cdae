-- The management site: who may log in, who is logged in, and what was typed when a session ended. A token is kept as its
-- hash only; what a session or a draft holds is sealed with a key made of the token, which only the browser has.
CREATE TABLE beheer_account (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    uuid TEXT NOT NULL,
    -- What is typed (local), or issuer and subject (of a provider).
    login TEXT NOT NULL,
    origin TEXT NOT NULL,
    name TEXT NOT NULL,
    email TEXT NOT NULL,
    roles TEXT NOT NULL,
    password_hash TEXT,
    totp_key TEXT,
    totp TEXT,
    totp_step INTEGER NOT NULL,
    disabled BOOLEAN NOT NULL,
    preferences TEXT NOT NULL,
    created_at TEXT NOT NULL,
    CONSTRAINT beheer_account_login UNIQUE (origin, login)
);

CREATE TABLE beheer_session (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    token_hash TEXT NOT NULL,
    account_id INTEGER NOT NULL REFERENCES beheer_account (id) ON DELETE CASCADE,
    started_at TEXT NOT NULL,
    seen_at TEXT NOT NULL,
    -- Of a provider: what came along at login. A local account has its own.
    roles TEXT,
    groups TEXT NOT NULL,
    -- The line for the next page, and whether there is one.
    message TEXT,
    CONSTRAINT beheer_session_token UNIQUE (token_hash)
);
CREATE INDEX beheer_session_by_account ON beheer_session (account_id, seen_at, id);
CREATE INDEX beheer_session_by_time ON beheer_session (seen_at, id);

-- What a session keeps for a while: a search, a secret that is shown once, a number that was revealed.
CREATE TABLE beheer_session_item (
    session_id INTEGER NOT NULL REFERENCES beheer_session (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    sealed TEXT NOT NULL,
    until TEXT NOT NULL,
    PRIMARY KEY (session_id, name)
);

CREATE TABLE beheer_draft (
    token_hash TEXT NOT NULL PRIMARY KEY,
    account_id INTEGER NOT NULL REFERENCES beheer_account (id) ON DELETE CASCADE,
    path TEXT NOT NULL,
    sealed TEXT NOT NULL,
    until TEXT NOT NULL
);
CREATE INDEX beheer_draft_by_time ON beheer_draft (until);
CREATE INDEX beheer_draft_by_account ON beheer_draft (account_id);

-- Failed logins in a row per name that was typed, whether or not there is such an account: its hash, never the name.
CREATE TABLE beheer_lockout (
    name_hash TEXT NOT NULL PRIMARY KEY,
    failures INTEGER NOT NULL,
    last_at TEXT NOT NULL
);
CREATE INDEX beheer_lockout_by_time ON beheer_lockout (last_at);

-- Logins of known accounts, also those that failed.
CREATE TABLE beheer_login (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at TEXT NOT NULL,
    account_id INTEGER NOT NULL REFERENCES beheer_account (id) ON DELETE CASCADE,
    outcome TEXT NOT NULL,
    address TEXT NOT NULL
);
CREATE INDEX beheer_login_by_account ON beheer_login (account_id, id);
CREATE INDEX beheer_login_by_time ON beheer_login (at, id);
