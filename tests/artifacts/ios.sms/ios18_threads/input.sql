-- An answer in a thread, a reaction with a character, and a sticker that two messages share.
CREATE TABLE handle (ROWID INTEGER PRIMARY KEY, id TEXT, service TEXT);
CREATE TABLE message (ROWID INTEGER PRIMARY KEY, guid TEXT, text TEXT, handle_id INTEGER, service TEXT, date INTEGER, is_from_me INTEGER, reply_to_guid TEXT, thread_originator_guid TEXT, thread_originator_part TEXT, associated_message_guid TEXT, associated_message_type INTEGER, associated_message_emoji TEXT);
CREATE TABLE attachment (ROWID INTEGER PRIMARY KEY, guid TEXT, created_date INTEGER, filename TEXT, is_outgoing INTEGER, is_sticker INTEGER);
CREATE TABLE message_attachment_join (message_id INTEGER, attachment_id INTEGER);
INSERT INTO handle VALUES (1, '+15550100', 'iMessage');
INSERT INTO message VALUES
 (1, 'first', 'where?', 1, 'iMessage', 702901325000000000, 0, NULL, NULL, NULL, NULL, 0, NULL),
 (2, 'second', 'here', 1, 'iMessage', 702901335000000000, 0, 'first', 'first', '0:0:6', NULL, 0, NULL),
 (3, 'third', NULL, 1, 'iMessage', 702901345000000000, 0, 'second', NULL, NULL, 'p:0/second', 2006, '🦊');
INSERT INTO attachment VALUES (1, 'sticker', 702901325, '~/Library/SMS/StickerCache/x.heic', 0, 1);
INSERT INTO message_attachment_join VALUES (1, 1), (2, 1);
