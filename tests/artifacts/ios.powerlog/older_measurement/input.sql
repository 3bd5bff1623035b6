CREATE TABLE PLProcessMonitorAgent_EventBackward_ProcessMonitor (ID INTEGER PRIMARY KEY, timestamp REAL, timestampEnd REAL, ProcessName TEXT, PID INTEGER);
INSERT INTO PLProcessMonitorAgent_EventBackward_ProcessMonitor VALUES (1, 1678000200.0, 1678000260.0, 'exampled', 321);
CREATE TABLE PLProcessNetworkAgent_EventInterval_UsageDiff_Array_Values (FK_ID INTEGER, value INTEGER);
INSERT INTO PLProcessNetworkAgent_EventInterval_UsageDiff_Array_Values VALUES (1, 2);
