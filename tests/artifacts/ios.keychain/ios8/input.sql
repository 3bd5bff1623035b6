CREATE TABLE genp (rowid INTEGER PRIMARY KEY, cdat REAL, mdat REAL, agrp TEXT, pdmn TEXT, data BLOB);
INSERT INTO genp VALUES (1, 400000000.0, 400000001.0, 'apple', 'ak', x'00');
