CREATE TABLE cfurl_cache_response (entry_ID INTEGER PRIMARY KEY, request_key TEXT, time_stamp TEXT);
INSERT INTO cfurl_cache_response VALUES (1, 'https://c.example.net/', '2023-04-11 10:22:05');
