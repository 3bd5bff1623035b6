CREATE TABLE CalendarItem (ROWID INTEGER PRIMARY KEY, summary TEXT, start_date REAL, calendar_id INTEGER);
CREATE TABLE Calendar (ROWID INTEGER PRIMARY KEY, title TEXT, store_id INTEGER, subcal_url TEXT, external_id TEXT, notes TEXT, published_URL TEXT);
CREATE TABLE Store (ROWID INTEGER PRIMARY KEY, name TEXT, type INTEGER);
INSERT INTO Store VALUES (1, 'Subscribed Calendars', 4);
INSERT INTO Calendar VALUES (1, 'Win a phone', 1, 'webcal://spam.example/c.ics', 'spam', NULL, NULL), (2, 'Home', NULL, NULL, NULL, 'shared by the family', 'https://p01.example/published/2/x');
