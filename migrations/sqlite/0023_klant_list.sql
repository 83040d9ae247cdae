-- The list of klanten on the management site: an index per filter that did not have one, with the order of the list.
CREATE INDEX klant_by_aanmaakkanaal ON klant (aanmaakkanaal, id);
CREATE INDEX klant_by_geverifieerd ON klant (geverifieerd, id);
CREATE INDEX klant_by_changed_at ON klant (changed_at, id);

-- By name it goes by a row of klant_zoek, of which every klant gets one (`volgorde`). No SQL of both databases takes off
-- accents: the program makes the rows of all klanten again, right after the migrations.
UPDATE klant_zoek_todo SET up_to = (SELECT COALESCE(MAX(id), 0) FROM klant);
