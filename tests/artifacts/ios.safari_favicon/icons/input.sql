CREATE TABLE page_url (uuid TEXT, url TEXT);
CREATE TABLE icon_info (uuid TEXT, url TEXT, timestamp REAL, width INTEGER, height INTEGER);
CREATE TABLE rejected_resources (page_url TEXT, icon_url TEXT, timestamp REAL);
INSERT INTO page_url VALUES ('U-1', 'https://a.example.net/'), ('U-2', 'https://b.example.net/');
INSERT INTO icon_info VALUES ('U-1', 'https://a.example.net/i.ico', 703002125.5, 32, 32), ('U-9', 'https://gone.example.net/i.ico', 703002126, 16, 16);
INSERT INTO rejected_resources VALUES ('https://c.example.net/', 'https://c.example.net/i.ico', 1767225600);
