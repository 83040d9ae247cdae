-- The management site: who may log in, who is logged in, and what was typed when a session ended. A token is kept as its
-- hash only; what a session or a draft holds is sealed with a key made of the token, which only the browser has.
CREATE TABLE beheer_account (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    uuid UUID NOT NULL,
    -- What is typed (local), or issuer and subject (of a provider).
    login TEXT COLLATE "C" NOT NULL,
    origin TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    email TEXT COLLATE "C" NOT NULL,
    roles TEXT COLLATE "C" NOT NULL,
    password_hash TEXT COLLATE "C",
    totp_key TEXT COLLATE "C",
    totp TEXT,
    totp_step BIGINT NOT NULL,
    disabled BOOLEAN NOT NULL,
    preferences TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    CONSTRAINT beheer_account_login UNIQUE (origin, login)
);

CREATE TABLE beheer_session (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    token_hash TEXT COLLATE "C" NOT NULL,
    account_id BIGINT NOT NULL REFERENCES beheer_account (id) ON DELETE CASCADE,
    started_at TIMESTAMPTZ NOT NULL,
    seen_at TIMESTAMPTZ NOT NULL,
    -- Of a provider: what came along at login. A local account has its own.
    roles TEXT COLLATE "C",
    groups TEXT COLLATE "C" NOT NULL,
    -- The line for the next page, and whether there is one.
    message TEXT,
    CONSTRAINT beheer_session_token UNIQUE (token_hash)
);
CREATE INDEX beheer_session_by_account ON beheer_session (account_id, seen_at, id);
CREATE INDEX beheer_session_by_time ON beheer_session (seen_at, id);

-- What a session keeps for a while: a search, a secret that is shown once, a number that was revealed.
CREATE TABLE beheer_session_item (
    session_id BIGINT NOT NULL REFERENCES beheer_session (id) ON DELETE CASCADE,
    name TEXT COLLATE "C" NOT NULL,
    sealed TEXT NOT NULL,
    until TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (session_id, name)
);

CREATE TABLE beheer_draft (
    token_hash TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    account_id BIGINT NOT NULL REFERENCES beheer_account (id) ON DELETE CASCADE,
    path TEXT COLLATE "C" NOT NULL,
    sealed TEXT NOT NULL,
    until TIMESTAMPTZ NOT NULL
);
CREATE INDEX beheer_draft_by_time ON beheer_draft (until);
CREATE INDEX beheer_draft_by_account ON beheer_draft (account_id);

-- Failed logins in a row per name that was typed, whether or not there is such an account: its hash, never the name.
CREATE TABLE beheer_lockout (
    name_hash TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    failures BIGINT NOT NULL,
    last_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX beheer_lockout_by_time ON beheer_lockout (last_at);

-- Logins of known accounts, also those that failed.
CREATE TABLE beheer_login (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at TIMESTAMPTZ NOT NULL,
    account_id BIGINT NOT NULL REFERENCES beheer_account (id) ON DELETE CASCADE,
    outcome TEXT COLLATE "C" NOT NULL,
    address TEXT COLLATE "C" NOT NULL
);
CREATE INDEX beheer_login_by_account ON beheer_login (account_id, id);
CREATE INDEX beheer_login_by_time ON beheer_login (at, id);
