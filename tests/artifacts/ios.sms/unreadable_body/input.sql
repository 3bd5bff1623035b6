CREATE TABLE handle (ROWID INTEGER PRIMARY KEY, id TEXT, service TEXT);
CREATE TABLE message (ROWID INTEGER PRIMARY KEY, guid TEXT, text TEXT, handle_id INTEGER, attributedBody BLOB, service TEXT, date INTEGER, is_from_me INTEGER);
INSERT INTO handle VALUES (1, '+14155550100', 'iMessage');
-- The only text of the first is lost; of the second only links may be.
INSERT INTO message VALUES (1, 'G-1', NULL, 1, substr(attributed_body('its only text'), 1, 60), 'iMessage', 703002125000000000, 0),
 (2, 'G-2', 'see this', 1, substr(attributed_body('see this', 0, 8, 'https://a.example.net/'), 1, 150), 'iMessage', 703002225000000000, 0);
