CREATE TABLE history (id INTEGER PRIMARY KEY, url TEXT, title TEXT);
CREATE TABLE visits (id INTEGER PRIMARY KEY, siteID INTEGER, date REAL, type INTEGER, is_local INTEGER);
INSERT INTO history VALUES (1, 'https://a.example.net/', 'A'), (2, 'https://no-visit.example.net/', NULL);
INSERT INTO visits VALUES (1, 1, 1581208525123456, 1, 1), (2, 9, NULL, 5, 0);
