CREATE TABLE content (content_hash BLOB PRIMARY KEY, content BLOB);
CREATE TABLE metacontent_provenance (id INTEGER PRIMARY KEY, content_hash BLOB, written_date INTEGER);
INSERT INTO content VALUES (x'01', x'0a07412070686f6e652801');
INSERT INTO metacontent_provenance VALUES (1, x'01', 1678307200500000);
