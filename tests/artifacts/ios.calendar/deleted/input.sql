-- No deleted row is the last that was written: what is left of that one depends on the version of SQLite.
CREATE TABLE CalendarItem (ROWID INTEGER PRIMARY KEY AUTOINCREMENT, summary TEXT, description TEXT, start_date REAL, end_date REAL, all_day INTEGER, calendar_id INTEGER, last_modified REAL, creation_date REAL, UUID TEXT);
INSERT INTO CalendarItem VALUES (1, 'Dentist', 'Bring the card', 703003125.5, 703006725.5, 0, 1, 703002125.5, 703002125.5, 'ITEM-1'),
  (2, 'Meeting', 'Notes', 603003125.5, 603006725.5, 0, 1, 703002225.5, 703002225.5, 'ITEM-2'),
  (3, 'Birthday', 'Cake', 703103125.5, 703106725.5, 0, 1, 703002325.5, 703002325.5, 'ITEM-3'),
  (4, 'Train', 'Platform four', 703203125.5, 703206725.5, 0, 1, 703002425.5, 703002425.5, 'ITEM-4'),
  (6, 'Flight', 'Gate nine', 703403125.5, 703406725.5, 0, 1, 703002625.5, 703002625.5, 'ITEM-6'),
  (5, 'Lunch', 'With a friend', 703303125.5, 703306725.5, 0, 1, 703002525.5, 703002525.5, 'ITEM-5');
DELETE FROM CalendarItem WHERE ROWID IN (2, 6);
