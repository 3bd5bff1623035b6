INSERT INTO ZOBJECT VALUES (2, '/app/usage', 'org.example.log', 600000060);
