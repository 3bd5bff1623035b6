CREATE TABLE ABPerson (ROWID INTEGER PRIMARY KEY AUTOINCREMENT, First TEXT, Last TEXT, Middle TEXT, Organization TEXT, Note TEXT,
  CreationDate INTEGER, ModificationDate INTEGER);
CREATE TABLE ABMultiValue (UID INTEGER PRIMARY KEY, record_id INTEGER, property INTEGER, identifier INTEGER, label INTEGER, value TEXT, guid TEXT);
CREATE TABLE ABMultiValueLabel (value TEXT, UNIQUE(value));
INSERT INTO ABMultiValueLabel VALUES ('_$!<Mobile>!$_'), ('_$!<Work>!$_');
INSERT INTO ABPerson VALUES (1, 'Alice', 'Example', 'Q', 'Example Ltd', 'met at https://example.org/', 600000000, 600000001);
INSERT INTO ABPerson VALUES (2, NULL, 'Nobody', NULL, NULL, NULL, 600000002, NULL);
INSERT INTO ABMultiValue VALUES (1, 1, 3, 0, 1, '+14155550100', 'g1'), (2, 1, 4, 0, 2, 'alice@example.org', 'g2'), (3, 99, 3, 0, 1, '+10000000000', 'g3');
