CREATE TABLE urls (id INTEGER PRIMARY KEY, url LONGVARCHAR, title LONGVARCHAR, visit_count INTEGER, typed_count INTEGER, last_visit_time INTEGER);
CREATE TABLE visits (id INTEGER PRIMARY KEY, url INTEGER NOT NULL, visit_time INTEGER NOT NULL, from_visit INTEGER, transition INTEGER, visit_duration INTEGER);
INSERT INTO urls VALUES (1, 'https://a.example.net/', 'A', 2, 1, 13325682125000000), (2, 'https://no-visit.example.net/', 'B', 1, 0, 13325682126000000);
INSERT INTO visits VALUES (1, 1, 13325682125000000, 0, 805306368, 12000000), (2, 9, 0, 1, -1, NULL);
