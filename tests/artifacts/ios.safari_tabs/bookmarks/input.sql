CREATE TABLE bookmarks (id INTEGER PRIMARY KEY, parent INTEGER, type INTEGER, title TEXT, url TEXT);
INSERT INTO bookmarks VALUES (5, 0, 0, 'Example', 'https://www.example.org/');
