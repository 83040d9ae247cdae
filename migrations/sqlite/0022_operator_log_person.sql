-- What somebody did is looked for by their name, newest first.
CREATE INDEX operator_log_by_person ON operator_log (operator, at, id);
