CREATE TABLE icon_mapping (id INTEGER PRIMARY KEY, page_url LONGVARCHAR NOT NULL, icon_id INTEGER);
CREATE TABLE favicons (id INTEGER PRIMARY KEY, url LONGVARCHAR NOT NULL);
CREATE TABLE favicon_bitmaps (id INTEGER PRIMARY KEY, icon_id INTEGER NOT NULL, last_updated INTEGER DEFAULT 0, last_requested INTEGER DEFAULT 0);
INSERT INTO icon_mapping VALUES (1, 'https://a.example.net/', 5), (2, 'https://b.example.net/', 6), (3, 'https://c.example.net/', 7);
INSERT INTO favicons VALUES (5, 'https://a.example.net/i.ico'), (6, 'https://b.example.net/i.ico');
INSERT INTO favicon_bitmaps VALUES (1, 5, 13325682125000000, 0), (2, 5, 1, 1), (3, 6, 0, 13325682126000000);
