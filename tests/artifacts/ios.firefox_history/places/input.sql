CREATE TABLE moz_places (id INTEGER PRIMARY KEY, url LONGVARCHAR, title LONGVARCHAR, description TEXT);
CREATE TABLE moz_historyvisits (id INTEGER PRIMARY KEY, is_local INTEGER, from_visit INTEGER, place_id INTEGER, visit_date INTEGER, visit_type INTEGER);
INSERT INTO moz_places VALUES (1, 'https://a.example.net/', 'A', 'About A'), (2, 'https://no-visit.example.net/', NULL, NULL);
INSERT INTO moz_historyvisits VALUES (1, 1, 0, 1, 1681208525123, 1), (2, 0, 1, 9, 0, 6);
