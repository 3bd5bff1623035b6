CREATE TABLE handle (ROWID INTEGER PRIMARY KEY AUTOINCREMENT UNIQUE, id TEXT NOT NULL, country TEXT, service TEXT NOT NULL, uncanonicalized_id TEXT);
CREATE TABLE message (ROWID INTEGER PRIMARY KEY AUTOINCREMENT, guid TEXT UNIQUE NOT NULL, text TEXT, handle_id INTEGER DEFAULT 0, service TEXT,
  date INTEGER, is_from_me INTEGER DEFAULT 0);
INSERT INTO handle VALUES (1, '+14155550100', 'us', 'iMessage', NULL), (2, 'lure@example.net', NULL, 'iMessage', NULL);
INSERT INTO message VALUES (1, 'GUID-0001', 'message number 1 of the chat', 1, 'iMessage', 703002185000000000, 1),
  (2, 'GUID-0002', 'message number 2 of the chat', 1, 'iMessage', 703002245000000000, 0),
  (3, 'GUID-0003', 'message number 3 of the chat', 1, 'iMessage', 703002305000000000, 1),
  (4, 'GUID-0004', 'message number 4 of the chat', 1, 'iMessage', 703002365000000000, 0),
  (5, 'GUID-0005', 'message number 5 of the chat', 2, 'iMessage', 703002425000000000, 1),
  (6, 'GUID-0006', 'message number 6 of the chat', 1, 'iMessage', 703002485000000000, 0),
  (7, 'GUID-0007', 'message number 7 of the chat', 1, 'iMessage', 703002545000000000, 1);
UPDATE message SET text = 'your parcel: https://lure.example.net/track?id=5' WHERE ROWID = 5;
-- No deleted row is the last that was written: what is left of that one depends on the version of SQLite. This one
-- is too long for the place that the update left.
INSERT INTO message VALUES (8, 'GUID-0008', 'message number 8 of the chat is a longer one', 1, 'iMessage', 703002605000000000, 0);
DELETE FROM message WHERE ROWID = 5;
DELETE FROM message WHERE ROWID = 2;
