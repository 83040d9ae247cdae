-- How applications use the APIs, for who decides on them: when a client id was last used, how many requests it made per
-- hour, and what it was refused. Counted by every process of the API and added here once a minute. None of it refers to
-- a credential: it is still told after the secrets were revoked.
CREATE TABLE client_use (
    client_id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    last_at TIMESTAMPTZ NOT NULL
);

-- Since when is counted, under the name that no client id has: what was not used since then may have been used before.
INSERT INTO client_use (client_id, last_at) VALUES ('', now());

CREATE TABLE client_use_hour (
    client_id TEXT COLLATE "C" NOT NULL,
    hour TIMESTAMPTZ NOT NULL,
    requests BIGINT NOT NULL,
    PRIMARY KEY (client_id, hour)
);
CREATE INDEX client_use_hour_by_hour ON client_use_hour (hour);

-- `route` is the declared path, never the one that was asked for.
CREATE TABLE client_refusal (
    client_id TEXT COLLATE "C" NOT NULL,
    hour TIMESTAMPTZ NOT NULL,
    code TEXT COLLATE "C" NOT NULL,
    method TEXT COLLATE "C" NOT NULL,
    route TEXT COLLATE "C" NOT NULL,
    refusals BIGINT NOT NULL,
    last_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (client_id, hour, code, method, route)
);
CREATE INDEX client_refusal_by_hour ON client_refusal (hour);

-- When the present secret of a client id was given; NULL: before this was kept.
ALTER TABLE client_credential ADD COLUMN secret_at TIMESTAMPTZ;

-- Which application an operator did something to.
ALTER TABLE operator_log ADD COLUMN applicatie_uuid UUID;
CREATE INDEX operator_log_by_applicatie ON operator_log (applicatie_uuid, id) WHERE applicatie_uuid IS NOT NULL;

CREATE INDEX applicatie_by_label ON applicatie (label, id);
