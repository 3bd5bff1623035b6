CREATE TABLE CalendarItem (ROWID INTEGER PRIMARY KEY, summary TEXT, description TEXT, start_date REAL, calendar_id INTEGER, organizer_id INTEGER);
CREATE TABLE Participant (ROWID INTEGER PRIMARY KEY, email TEXT, owner_id INTEGER, is_self INTEGER);
CREATE TABLE Calendar (ROWID INTEGER PRIMARY KEY, store_id INTEGER, title TEXT);
CREATE TABLE Store (ROWID INTEGER PRIMARY KEY, name TEXT, type INTEGER);
CREATE TABLE Location (ROWID INTEGER PRIMARY KEY, title TEXT, address TEXT, item_owner_id INTEGER);
CREATE TABLE Attachment (ROWID INTEGER PRIMARY KEY, owner_id INTEGER, url TEXT);
INSERT INTO Store VALUES (1, 'iCloud', 2), (2, 'Holidays', 4);
INSERT INTO Calendar VALUES (1, 1, 'Home'), (2, 2, 'Holidays');
INSERT INTO Participant VALUES (1, 'user@example.org', 2, 1), (2, 'boss@example.org', 3, 0);
INSERT INTO CalendarItem VALUES (1, 'A note of mine', 'https://a.example.net/', 703002125, 1, 0), (2, 'I invited', NULL, 703002125, 1, 1),
  (3, 'I was invited', NULL, 703002125, 1, 2), (4, 'The organizer is gone', NULL, 703002125, 1, 9), (5, 'Subscribed', NULL, 703002125, 2, NULL);
INSERT INTO Location VALUES (1, 'https://meet.example.net/1', NULL, 1), (2, 'https://meet.example.net/2', NULL, 3), (3, 'Nowhere', NULL, 77);
INSERT INTO Attachment VALUES (1, 1, 'https://a.example.net/1'), (2, 4, 'https://a.example.net/4'), (3, 5, 'https://a.example.net/5');
