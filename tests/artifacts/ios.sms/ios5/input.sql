CREATE TABLE message (ROWID INTEGER PRIMARY KEY AUTOINCREMENT, address TEXT, date INTEGER, text TEXT, flags INTEGER, replace INTEGER, svc_center TEXT, group_id INTEGER,
  association_id INTEGER, height INTEGER, UIFlags INTEGER, version INTEGER, subject TEXT, country TEXT, headers BLOB, recipients BLOB, read INTEGER,
  madrid_attributedBody BLOB, madrid_handle TEXT, madrid_version INTEGER, madrid_guid TEXT, madrid_type INTEGER, madrid_roomname TEXT, madrid_service TEXT,
  madrid_account TEXT, madrid_flags INTEGER, madrid_attachmentInfo BLOB, madrid_url TEXT, madrid_error INTEGER, is_madrid INTEGER, madrid_date_read INTEGER,
  madrid_date_delivered INTEGER, madrid_account_guid TEXT);
CREATE TABLE msg_pieces (ROWID INTEGER PRIMARY KEY AUTOINCREMENT, message_id INTEGER, data BLOB, part_id INTEGER, content_type TEXT);
CREATE TABLE madrid_attachment (ROWID INTEGER PRIMARY KEY AUTOINCREMENT, attachment_guid TEXT, filename TEXT);
INSERT INTO message (ROWID, address, date, text, flags, read, is_madrid) VALUES (1, '+14155550100', 1325376000, 'see https://lure.example.net/z', 2, 1, 0),
  (2, '+14155550100', 1325376060, 'who is this', 3, 1, 0), (3, '+14155550101', 1325376070, 'not sent', 33, 1, NULL), (4, '+14155550101', 1325376080, NULL, 129, 1, 0);
INSERT INTO message (ROWID, date, text, flags, read, is_madrid, madrid_handle, madrid_guid, madrid_service, madrid_account, madrid_flags, madrid_date_read) VALUES
  (5, 347068800, 'an iMessage', 0, 1, 1, 'ada@example.org', 'E0000000-0000-4000-8000-000000000001', 'iMessage', 'e:me@example.org', 12289, 347068900),
  (6, 347068860, 'and one back', 0, 1, 1, 'ada@example.org', 'E0000000-0000-4000-8000-000000000002', 'iMessage', 'e:me@example.org', 36869, 0);
INSERT INTO msg_pieces VALUES (1, 4, x'00', 0, 'image/jpeg');
