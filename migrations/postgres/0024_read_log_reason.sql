-- Why somebody looked, where they were asked: at a number that is masked, at an export. NULL: they were not asked.
ALTER TABLE read_log ADD COLUMN reason TEXT COLLATE "C";
