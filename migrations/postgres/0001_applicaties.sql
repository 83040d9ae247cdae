-- Applications and what they may do. A credential stands apart from its application: a client id may have a
-- secret before anyone gave it rights.
CREATE TABLE client_credential (
    client_id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    secret TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL
);

CREATE TABLE applicatie (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    uuid UUID NOT NULL,
    label TEXT COLLATE "C" NOT NULL,
    heeft_alle_autorisaties BOOLEAN NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    CONSTRAINT applicatie_uuid UNIQUE (uuid)
);

CREATE TABLE applicatie_client (
    client_id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    applicatie_id BIGINT NOT NULL REFERENCES applicatie (id) ON DELETE CASCADE
);
CREATE INDEX applicatie_client_by_applicatie ON applicatie_client (applicatie_id);

CREATE TABLE autorisatie (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    applicatie_id BIGINT NOT NULL REFERENCES applicatie (id) ON DELETE CASCADE,
    component TEXT COLLATE "C" NOT NULL,
    scopes JSONB NOT NULL
);
CREATE INDEX autorisatie_by_applicatie ON autorisatie (applicatie_id, component);
