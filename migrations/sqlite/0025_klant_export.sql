-- Lists of klanten that somebody takes along, made in the background, a part at a time, and kept for a day. In the database:
-- any process of an installation finds them there. `seen_at` is the last sign of the process that makes it.
CREATE TABLE klant_export (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    uuid TEXT NOT NULL,
    account_id INTEGER NOT NULL REFERENCES beheer_account (id) ON DELETE CASCADE,
    state TEXT NOT NULL,
    filter TEXT NOT NULL,
    with_bsn BOOLEAN NOT NULL,
    written INTEGER NOT NULL,
    expected INTEGER,
    parts INTEGER NOT NULL,
    created_at TEXT NOT NULL,
    seen_at TEXT NOT NULL,
    until TEXT NOT NULL,
    CONSTRAINT klant_export_uuid UNIQUE (uuid)
);
CREATE INDEX klant_export_by_account ON klant_export (account_id, id);
CREATE INDEX klant_export_running ON klant_export (seen_at, id) WHERE state = 'running';
CREATE INDEX klant_export_by_time ON klant_export (until, id);

CREATE TABLE klant_export_part (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    export_id INTEGER NOT NULL REFERENCES klant_export (id) ON DELETE CASCADE,
    nr INTEGER NOT NULL,
    text TEXT NOT NULL,
    CONSTRAINT klant_export_part_nr UNIQUE (export_id, nr)
);
