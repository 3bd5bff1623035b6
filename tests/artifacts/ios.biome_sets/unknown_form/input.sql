CREATE TABLE something (a);
INSERT INTO something VALUES (1);
