-- What `openklant setup` keeps. A setting that the file gives, by its TOML key: never a secret, and the environment wins
-- from it. A service has an identifier by which the file names it, and the type of its API: at a Notificaties or an
-- Autorisaties API nothing is looked up for clients.
CREATE TABLE stored_setting (
    key TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    value TEXT COLLATE "C" NOT NULL,
    changed_at TIMESTAMPTZ NOT NULL
);

ALTER TABLE externe_api ADD COLUMN identifier TEXT COLLATE "C";
ALTER TABLE externe_api ADD COLUMN api_type TEXT COLLATE "C" NOT NULL DEFAULT 'orc';
CREATE UNIQUE INDEX externe_api_identifier ON externe_api (identifier) WHERE identifier IS NOT NULL;
