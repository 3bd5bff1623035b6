CREATE TABLE CalendarItem (ROWID INTEGER PRIMARY KEY, summary TEXT, start_date REAL);
CREATE TABLE Location (ROWID INTEGER PRIMARY KEY, title TEXT, address TEXT, item_owner_id INTEGER);
CREATE TABLE Attachment (ROWID INTEGER PRIMARY KEY, owner_id INTEGER, external_rep TEXT, url TEXT, filename TEXT, file_id INTEGER);
CREATE TABLE AttachmentFile (ROWID INTEGER PRIMARY KEY, url TEXT, filename TEXT, local_path TEXT, format TEXT, file_size INTEGER);
INSERT INTO CalendarItem VALUES (1, 'Talk', 703002125);
INSERT INTO Location VALUES (1, 'https://meet.example.net/1', NULL, 1), (2, 'Home', '1 Example Street', 1);
INSERT INTO Attachment VALUES (1, 1, 'ATTACH:https://a.example.net/x', 'https://b.example.net/agenda.pdf', 'agenda.pdf', NULL), (2, 9, NULL, NULL, NULL, 5);
INSERT INTO AttachmentFile VALUES (5, 'https://c.example.net/y', 'y.pdf', 'y-1.pdf', 'application/pdf', 77);
