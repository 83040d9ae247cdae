-- What `openklant setup` keeps. A setting that the file gives, by its TOML key: never a secret, and the environment wins
-- from it. A service has an identifier by which the file names it, and the type of its API: at a Notificaties or an
-- Autorisaties API nothing is looked up for clients.
CREATE TABLE stored_setting (
    key TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL,
    changed_at TEXT NOT NULL
);

ALTER TABLE externe_api ADD COLUMN identifier TEXT;
ALTER TABLE externe_api ADD COLUMN api_type TEXT NOT NULL DEFAULT 'orc';
CREATE UNIQUE INDEX externe_api_identifier ON externe_api (identifier) WHERE identifier IS NOT NULL;
