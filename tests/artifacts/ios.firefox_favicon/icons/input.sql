CREATE TABLE history (id INTEGER PRIMARY KEY, url TEXT, title TEXT);
CREATE TABLE favicons (id INTEGER PRIMARY KEY, url TEXT, width INTEGER, height INTEGER, type INTEGER, date REAL);
CREATE TABLE favicon_sites (id INTEGER PRIMARY KEY, siteID INTEGER, faviconID INTEGER);
INSERT INTO history VALUES (1, 'https://a.example.net/', 'A'), (2, 'https://b.example.net/', NULL);
INSERT INTO favicons VALUES (1, 'https://a.example.net/i.ico', 16, 16, 1, 1581208525), (2, 'https://b.example.net/i.ico', 32, 32, 2, 1581208525123.0), (3, 'https://alone.example.net/i.ico', NULL, NULL, NULL, NULL);
INSERT INTO favicon_sites VALUES (1, 1, 1), (2, 2, 1), (3, 2, 2);
