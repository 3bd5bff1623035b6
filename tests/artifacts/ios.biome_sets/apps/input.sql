CREATE TABLE content (content_hash BLOB PRIMARY KEY, content BLOB);
CREATE TABLE provenance (provenance_row_id INTEGER PRIMARY KEY, content_hash BLOB);
CREATE TABLE instance (instance_row_id INTEGER PRIMARY KEY, provenance_row_id INTEGER, modified INTEGER);
-- 1 the bundle id, 3 the name, 4 not known
INSERT INTO content VALUES (x'01', x'0a0f636f6d2e6578616d706c652e6170701a074578616d706c65220b6578616d706c652e6f7267'), (x'02', x'0a11636f6d2e6578616d706c652e6f746865721a054f74686572'), (x'03', x'ffff');
INSERT INTO provenance VALUES (1, x'01'), (2, x'02'), (3, x'02');
INSERT INTO instance VALUES (1, 1, 1678307200500000), (2, 2, 1678307201000000), (3, 3, 1678307202000000);
