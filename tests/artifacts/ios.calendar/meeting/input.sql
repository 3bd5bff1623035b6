CREATE TABLE Calendar (ROWID INTEGER PRIMARY KEY, title TEXT);
CREATE TABLE Location (ROWID INTEGER PRIMARY KEY, title TEXT);
CREATE TABLE Identity (ROWID INTEGER PRIMARY KEY, display_name TEXT, address TEXT);
CREATE TABLE Participant (ROWID INTEGER PRIMARY KEY AUTOINCREMENT, role INTEGER, identity_id INTEGER, owner_id INTEGER, UUID TEXT, email TEXT, phone_number TEXT, is_self INTEGER, comment TEXT, last_modified REAL, invited_by TEXT);
CREATE TABLE CalendarItem (ROWID INTEGER PRIMARY KEY AUTOINCREMENT, summary TEXT, location_id INTEGER, description TEXT, start_date REAL, end_date REAL, all_day INTEGER, calendar_id INTEGER, organizer_id INTEGER,
 invitation_status INTEGER, url TEXT, last_modified REAL, sequence_num INTEGER, external_id TEXT, external_mod_tag TEXT, unique_identifier TEXT, external_rep BLOB, hidden INTEGER, UUID TEXT, creation_date REAL, action TEXT,
 created_by_id INTEGER, conference_url TEXT);
INSERT INTO Calendar VALUES (3, 'Work');
INSERT INTO Location VALUES (4, 'Home');
INSERT INTO Identity VALUES (7, 'User Example', 'mailto:user@example.org');
INSERT INTO Participant VALUES (1, 1, 7, 1, 'U-1', 'user@example.org', '+14155550100', 1, 'c', 703000000.5, 'boss@example.org'), (2, NULL, 99, 1, NULL, x'67756573744065ff', NULL, 0, NULL, NULL, NULL);
INSERT INTO CalendarItem VALUES (1, 'Meeting', 4, 'Notes', 603002125, 603005725, 0, 3, 1, 2, 'https://a.example.net/', 703002125, 1, 'e.ics', 't', 'uid-1', CAST('BEGIN:VCALENDAR' AS BLOB), 1, 'I-1', 703002000, 'act', 5, 'https://meet.example.org/x'),
 (2, NULL, NULL, NULL, '603002125.5', -63114076800, 1, NULL, 99, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
