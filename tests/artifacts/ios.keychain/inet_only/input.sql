CREATE TABLE inet (rowid INTEGER PRIMARY KEY AUTOINCREMENT, cdat REAL, mdat REAL, agrp TEXT, pdmn TEXT, data BLOB);
INSERT INTO inet VALUES (1, 400000000.0, 400000001.0, 'org.example.app', 'ak', x'00');
