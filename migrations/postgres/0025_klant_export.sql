-- Lists of klanten that somebody takes along, made in the background, a part at a time, and kept for a day. In the database:
-- any process of an installation finds them there. `seen_at` is the last sign of the process that makes it.
CREATE TABLE klant_export (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    uuid UUID NOT NULL,
    account_id BIGINT NOT NULL REFERENCES beheer_account (id) ON DELETE CASCADE,
    state TEXT COLLATE "C" NOT NULL,
    filter TEXT COLLATE "C" NOT NULL,
    with_bsn BOOLEAN NOT NULL,
    written BIGINT NOT NULL,
    expected BIGINT,
    parts BIGINT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    seen_at TIMESTAMPTZ NOT NULL,
    until TIMESTAMPTZ NOT NULL,
    CONSTRAINT klant_export_uuid UNIQUE (uuid)
);
CREATE INDEX klant_export_by_account ON klant_export (account_id, id);
CREATE INDEX klant_export_running ON klant_export (seen_at, id) WHERE state = 'running';
CREATE INDEX klant_export_by_time ON klant_export (until, id);

CREATE TABLE klant_export_part (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    export_id BIGINT NOT NULL REFERENCES klant_export (id) ON DELETE CASCADE,
    nr BIGINT NOT NULL,
    text TEXT COLLATE "C" NOT NULL,
    CONSTRAINT klant_export_part_nr UNIQUE (export_id, nr)
);
