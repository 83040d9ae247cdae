-- Applications and what they may do. A credential stands apart from its application: a client id may have a
-- secret before anyone gave it rights.
CREATE TABLE client_credential (
    client_id TEXT NOT NULL PRIMARY KEY,
    secret TEXT NOT NULL,
    created_at TEXT NOT NULL
);

CREATE TABLE applicatie (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    uuid TEXT NOT NULL,
    label TEXT NOT NULL,
    heeft_alle_autorisaties BOOLEAN NOT NULL,
    created_at TEXT NOT NULL,
    CONSTRAINT applicatie_uuid UNIQUE (uuid)
);

CREATE TABLE applicatie_client (
    client_id TEXT NOT NULL PRIMARY KEY,
    applicatie_id INTEGER NOT NULL REFERENCES applicatie (id) ON DELETE CASCADE
);
CREATE INDEX applicatie_client_by_applicatie ON applicatie_client (applicatie_id);

CREATE TABLE autorisatie (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    applicatie_id INTEGER NOT NULL REFERENCES applicatie (id) ON DELETE CASCADE,
    component TEXT NOT NULL,
    scopes TEXT NOT NULL
);
CREATE INDEX autorisatie_by_applicatie ON autorisatie (applicatie_id, component);
