CREATE TABLE BackgroundProcessing_TaskInstanceData_3_2 (ID INTEGER PRIMARY KEY, timestamp REAL, ProcessName TEXT, PID INTEGER, StartDate REAL, EndDate REAL, TaskID INTEGER);
INSERT INTO BackgroundProcessing_TaskInstanceData_3_2 VALUES (1, 1, 'exampled', 321, 1678307200.5, 1678307260.5, 4);
CREATE TABLE BackgroundProcessing_TaskMetadata_3_2 (ID INTEGER PRIMARY KEY, timestamp REAL, TaskID INTEGER, BundleID TEXT, Name TEXT, ServiceName TEXT, GroupName TEXT, LaunchReason TEXT);
INSERT INTO BackgroundProcessing_TaskMetadata_3_2 VALUES (1, 1, 4, 'com.example.app', 'com.example.app.refresh', 'x', 'y', 'scheduled');
CREATE TABLE BackgroundProcessing_TimeOffset_1 (timestamp REAL, system REAL);
INSERT INTO BackgroundProcessing_TimeOffset_1 VALUES (1, 1000.0);
