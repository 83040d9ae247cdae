-- Secrets are sealed with a key that is not in the database; `..._key` names it, and NULL says that the text is the secret
-- itself, as it was before. A client id may have two valid secrets while it goes over from one to the other.
ALTER TABLE client_credential ADD COLUMN secret_key TEXT COLLATE "C";
ALTER TABLE client_credential ADD COLUMN previous_secret TEXT COLLATE "C";
ALTER TABLE client_credential ADD COLUMN previous_secret_key TEXT COLLATE "C";
ALTER TABLE client_credential ADD COLUMN previous_until TIMESTAMPTZ;
ALTER TABLE externe_api ADD COLUMN secret_key TEXT COLLATE "C";
