CREATE TABLE accounts (_id INTEGER PRIMARY KEY, name TEXT NOT NULL, type TEXT NOT NULL, previous_name TEXT, last_password_entry_time_millis_epoch INTEGER DEFAULT 0);
CREATE TABLE debug_table (_id INTEGER, action_type TEXT NOT NULL, time DATETIME, caller_uid INTEGER NOT NULL, table_name TEXT NOT NULL, primary_key INTEGER PRIMARY KEY AUTOINCREMENT);
INSERT INTO accounts VALUES (1, 'someone@example.org', 'com.google', NULL, 0);
INSERT INTO debug_table VALUES (1, 'action_account_add', '2024-05-01 10:11:12', 10050, 'accounts', 1);
