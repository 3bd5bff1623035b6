INSERT INTO message VALUES (2, 'G-2', 'in the log only http://e.example.net', 1, 'SMS', 403002126, 403002127, 1);
