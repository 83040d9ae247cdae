-- Secrets of settings that `openklant setup` keeps, by the TOML key of the setting: sealed, as every secret. The other
-- settings are in stored_setting.
CREATE TABLE stored_secret (
    key TEXT NOT NULL PRIMARY KEY,
    secret TEXT NOT NULL,
    secret_key TEXT,
    changed_at TEXT NOT NULL
);
