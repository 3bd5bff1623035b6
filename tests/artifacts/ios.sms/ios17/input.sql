CREATE TABLE handle (ROWID INTEGER PRIMARY KEY AUTOINCREMENT UNIQUE, id TEXT NOT NULL, country TEXT, service TEXT NOT NULL, uncanonicalized_id TEXT, person_centric_id TEXT);
CREATE TABLE message (ROWID INTEGER PRIMARY KEY AUTOINCREMENT, guid TEXT UNIQUE NOT NULL, text TEXT, handle_id INTEGER DEFAULT 0, subject TEXT, attributedBody BLOB,
 service TEXT, account TEXT, error INTEGER DEFAULT 0, date INTEGER, date_read INTEGER, date_delivered INTEGER, is_from_me INTEGER DEFAULT 0, cache_has_attachments INTEGER DEFAULT 0,
 cache_roomnames TEXT, date_played INTEGER, item_type INTEGER DEFAULT 0, other_handle INTEGER DEFAULT 0, group_title TEXT, group_action_type INTEGER DEFAULT 0,
 associated_message_guid TEXT, associated_message_type INTEGER DEFAULT 0, balloon_bundle_id TEXT, payload_data BLOB, message_summary_info BLOB, destination_caller_id TEXT,
 is_corrupt INTEGER DEFAULT 0, reply_to_guid TEXT, is_spam INTEGER DEFAULT 0, date_retracted INTEGER, date_edited INTEGER,
 is_read INTEGER DEFAULT 1, is_sent INTEGER DEFAULT 0, is_delivered INTEGER DEFAULT 1);
CREATE TABLE chat (ROWID INTEGER PRIMARY KEY AUTOINCREMENT, guid TEXT UNIQUE NOT NULL, chat_identifier TEXT, service_name TEXT, room_name TEXT, display_name TEXT,
 is_archived INTEGER DEFAULT 0, last_addressed_handle TEXT, is_filtered INTEGER DEFAULT 0, last_read_message_timestamp INTEGER DEFAULT 0);
CREATE TABLE chat_message_join (chat_id INTEGER, message_id INTEGER, message_date INTEGER DEFAULT 0, PRIMARY KEY (chat_id, message_id));
CREATE TABLE chat_handle_join (chat_id INTEGER, handle_id INTEGER, UNIQUE(chat_id, handle_id));
CREATE TABLE chat_recoverable_message_join (chat_id INTEGER, message_id INTEGER, delete_date INTEGER, ck_sync_state INTEGER DEFAULT 0, PRIMARY KEY (chat_id, message_id));
CREATE TABLE recoverable_message_part (chat_id INTEGER, message_id INTEGER, part_index INTEGER, delete_date INTEGER, part_text BLOB NOT NULL, ck_sync_state INTEGER DEFAULT 0);
CREATE TABLE deleted_messages (ROWID INTEGER PRIMARY KEY AUTOINCREMENT UNIQUE, guid TEXT NOT NULL);
CREATE TABLE attachment (ROWID INTEGER PRIMARY KEY AUTOINCREMENT, guid TEXT UNIQUE NOT NULL, created_date INTEGER DEFAULT 0, start_date INTEGER DEFAULT 0, filename TEXT, uti TEXT, mime_type TEXT,
 transfer_state INTEGER DEFAULT 0, is_outgoing INTEGER DEFAULT 0, user_info BLOB, transfer_name TEXT, total_bytes INTEGER DEFAULT 0, is_sticker INTEGER DEFAULT 0, hide_attachment INTEGER DEFAULT 0);
CREATE TABLE message_attachment_join (message_id INTEGER, attachment_id INTEGER, UNIQUE(message_id, attachment_id));
INSERT INTO handle VALUES (1, '+14155550100', 'us', 'iMessage', '(415) 555-0100', 'P-1'), (2, 'bob@example.org', NULL, 'iMessage', NULL, NULL);
INSERT INTO chat VALUES (1, 'iMessage;-;+14155550100', '+14155550100', 'iMessage', NULL, NULL, 0, '+14155550199', 1, 703002125000000000),
 (2, 'iMessage;+;chat1', 'chat1', 'iMessage', 'chat1', 'Friends', 1, NULL, 0, 0);
INSERT INTO chat_handle_join VALUES (1, 1), (2, 1), (2, 2), (2, 99);
INSERT INTO message (ROWID, guid, text, handle_id, subject, service, account, date, date_read, date_delivered, date_played, is_from_me, destination_caller_id, cache_has_attachments)
 VALUES (1, 'G-1', 'look: https://a.example.net/x?y=1.', 1, 'Hello', 'iMessage', 'E:me@example.org', 703002125123456789, 703002185000000000, 703002126000000000, 703002127000000000, 0, '+14155550199', 1);
INSERT INTO message (ROWID, guid, text, handle_id, attributedBody, service, date, is_from_me) VALUES
 (2, 'G-2', NULL, 2, attributed_body('only in the body https://b.example.net/'), 'iMessage', 703002225000000000, 0),
 (3, 'G-3', 'click here', 0, attributed_body('click here', 6, 4, 'https://hidden.example.net/'), 'SMS', 703002325000000000, 1),
 (4, 'G-4', 'see https://c.example.net/ now', 77, attributed_body('see https://c.example.net/ now', 4, 22, 'https://c.example.net/'), 'SMS', 703002425, 0),
 (6, 'G-6', x'ff68656c6c6f00', 1, x'040b73747265616d74797065ff', 'SMS', -1, 2);
INSERT INTO message (ROWID, guid, handle_id, service, date, balloon_bundle_id, payload_data) VALUES
 (7, 'G-7', 1, 'iMessage', 703002525000000000, 'com.apple.messages.URLBalloonProvider', archive('<dict><key>richLinkMetadata</key><dict><key>$class</key><string>LPLinkMetadata</string>
   <key>title</key><string>A title</string><key>summary</key><string>A summary</string><key>siteName</key><string>Example</string>
   <key>originalURL</key><dict><key>$class</key><string>NSURL</string><key>NS.relative</key><string>https://short.example/abc</string></dict>
   <key>URL</key><dict><key>$class</key><string>NSURL</string><key>NS.relative</key><string>https://landing.example.net/</string></dict></dict></dict>')),
 (8, 'G-8', 1, 'iMessage', 703002625000000000, 'com.apple.messages.MSMessageExtensionBalloonPlugin:0000000000:org.example.game', archive('<dict><key>an</key><string>Game</string><key>ldtext</key><string>Your turn</string>
   <key>URL</key><dict><key>$class</key><string>NSURL</string><key>NS.relative</key><string>data:,state</string></dict></dict>')),
 (9, 'G-9', 1, 'iMessage', 703002725000000000, NULL, x'00112233');
INSERT INTO message (ROWID, guid, text, handle_id, service, date, date_edited, date_retracted, message_summary_info) VALUES
 (10, 'G-10', 'new text', 1, 'iMessage', 703002825000000000, 703002885000000000, 703002895000000000,
  plist('<dict><key>ec</key><dict><key>0</key><array><dict><key>d</key><real>703002825</real><key>t</key><data>BAtzdHJlYW10eXBlZIHoA4QBQISEhAhOU1N0cmluZwGEhAhOU09iamVjdACFhAErCG9sZCB0ZXh0hg==</data></dict><dict><key>d</key><real>703002885</real></dict></array></dict></dict>'));
INSERT INTO message (ROWID, guid, text, handle_id, service, date, item_type, other_handle, group_title, group_action_type, cache_roomnames, associated_message_guid, associated_message_type, reply_to_guid, is_spam, is_corrupt, error) VALUES
 (11, 'G-11', NULL, 1, 'iMessage', 703002925000000000, 1, 2, 'Friends', 0, 'chat1', 'p:0/G-1', 2000, 'G-1', 1, 1, 22),
 (12, 'G-12', 'soon gone', 2, 'iMessage', 703003025000000000, 0, 0, NULL, 0, NULL, NULL, 0, NULL, 0, 0, 0);
INSERT INTO chat_message_join VALUES (1, 1, 0), (1, 2, 0), (2, 2, 0), (1, 4, 0), (2, 11, 0);
INSERT INTO chat_recoverable_message_join VALUES (1, 12, 703003125000000000, 0);
INSERT INTO recoverable_message_part VALUES (1, 12, 0, 703003125000000000, attributed_body('deleted part https://d.example.net/'), 0), (1, 12, 1, NULL, x'ff', 0);
INSERT INTO deleted_messages VALUES (1, 'G-5');
INSERT INTO attachment VALUES (1, 'A-1', 703002125, 703002126, '~/Library/SMS/Attachments/0a/10/A-1/picture.gif', 'com.compuserve.gif', 'image/gif', 5, 0, plist('<dict/>'), 'picture.gif', 4096, 0, 0),
 (2, 'A-2', 703002127, 0, '/var/tmp/com.apple.messages/x-1', NULL, NULL, 0, 1, NULL, NULL, -1, 1, 1), (3, 'A-3', 0, 0, NULL, NULL, NULL, 0, 0, NULL, NULL, 0, 0, 0);
INSERT INTO message_attachment_join VALUES (1, 1), (3, 2), (4, 2);
UPDATE sqlite_sequence SET seq = 40 WHERE name = 'message';
