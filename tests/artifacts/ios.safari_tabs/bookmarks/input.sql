CREATE TABLE bookmarks (id INTEGER PRIMARY KEY, parent INTEGER, type INTEGER, title TEXT, url TEXT, last_modified REAL);
INSERT INTO bookmarks VALUES (5, 0, 0, 'Example', 'https://www.example.org/', 702901325.5);
