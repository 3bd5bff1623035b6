CREATE TABLE sms (_id INTEGER PRIMARY KEY, thread_id INTEGER, address TEXT, person INTEGER, date INTEGER, date_sent INTEGER DEFAULT 0, protocol INTEGER, read INTEGER DEFAULT 0, status INTEGER DEFAULT -1, type INTEGER, subject TEXT, body TEXT);
CREATE TABLE pdu (_id INTEGER PRIMARY KEY AUTOINCREMENT, thread_id INTEGER, date INTEGER, date_sent INTEGER DEFAULT 0, msg_box INTEGER, read INTEGER DEFAULT 0, m_type INTEGER, sub TEXT, ct_l TEXT, tr_id TEXT);
CREATE TABLE part (_id INTEGER PRIMARY KEY AUTOINCREMENT, mid INTEGER, seq INTEGER DEFAULT 0, ct TEXT, name TEXT, fn TEXT, _data TEXT, text TEXT);
INSERT INTO sms VALUES (1, 1, '+15550100', NULL, 1714550400123, 1714550399000, 0, 1, -1, 1, NULL, 'Look: https://example.org/a');
INSERT INTO sms VALUES (2, 1, '+15550100', NULL, 1714550500000, 0, NULL, 1, 0, 2, 'subject', 'words');
INSERT INTO pdu VALUES (7, 2, 1714550600, 1714550590, 1, 0, 130, 'subject', 'http://mms.example.org/x', 'T1');
INSERT INTO part VALUES (1, 7, 0, 'image/jpeg', 'picture.jpg', NULL, '/data/x', NULL);
INSERT INTO part VALUES (2, 8, 0, 'text/plain', NULL, 'text.txt', NULL, 'words');
