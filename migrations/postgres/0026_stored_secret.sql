-- Secrets of settings that `openklant setup` keeps, by the TOML key of the setting: sealed, as every secret. The other
-- settings are in stored_setting.
CREATE TABLE stored_secret (
    key TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    secret TEXT COLLATE "C" NOT NULL,
    secret_key TEXT COLLATE "C",
    changed_at TIMESTAMPTZ NOT NULL
);
