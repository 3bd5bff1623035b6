CREATE TABLE ABPerson (ROWID INTEGER PRIMARY KEY AUTOINCREMENT, First TEXT, Last TEXT);
CREATE TABLE ABMultiValue (UID INTEGER PRIMARY KEY, record_id INTEGER, property INTEGER, identifier INTEGER, label INTEGER, value TEXT);
CREATE TABLE ABMultiValueEntry (parent_id INTEGER, key INTEGER, value TEXT, UNIQUE(parent_id, key));
CREATE TABLE ABMultiValueEntryKey (value TEXT, UNIQUE(value));
CREATE TABLE ABMultiValueLabel (value TEXT, UNIQUE(value));
INSERT INTO ABPerson VALUES (1, 'Alice', 'Example');
INSERT INTO ABMultiValue VALUES (1, 1, 22, 0, NULL, 'https://home.example/alice'), (2, 1, 46, 0, NULL, NULL), (3, 1, 13, 0, NULL, NULL);
INSERT INTO ABMultiValueEntryKey VALUES ('username'), ('service'), ('url');
INSERT INTO ABMultiValueEntry VALUES (2, 1, 'alice.e'), (2, 2, 'Telegram'), (2, 3, 'https://social.example/alice'), (3, 1, 'alice@im.example');
