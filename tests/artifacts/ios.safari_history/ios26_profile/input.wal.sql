INSERT INTO history_visits VALUES (3, 1, 1767225700, 'only in the log');
