-- The database's own clock is a day behind; after the second note an hour more.
CREATE TABLE PLStorageOperator_EventForward_TimeOffset (ID INTEGER PRIMARY KEY, timestamp REAL, baseband REAL, kernel REAL, system REAL);
INSERT INTO PLStorageOperator_EventForward_TimeOffset VALUES (1, 1678000000.0, 0, 0, 86400.5), (2, 1678010000.0, 0, 0, 90000.5);

CREATE TABLE PLProcessNetworkAgent_EventInterval_UsageDiff (ID INTEGER PRIMARY KEY, timestamp REAL, timestampEnd REAL, BundleName TEXT, ProcessName TEXT, CellIn INTEGER, CellOut INTEGER, WifiIn INTEGER, WifiOut INTEGER);
INSERT INTO PLProcessNetworkAgent_EventInterval_UsageDiff VALUES
  (1, 1678000100.0, 1678000160.0, 'com.example.app', 'Example', 1, 2, 3, 4),
  (2, 1678010100.0, 1678010160.0, '', 'exampled', 0, 0, 10, 20),
  (3, 1677999000.0, 1677999060.0, NULL, 'early', 0, 0, 0, 1);

CREATE TABLE PLProcessMonitorAgent_EventForward_ProcessID (ID INTEGER PRIMARY KEY, timestamp REAL, ProcessName TEXT, BundleID TEXT, PID INTEGER, CoalitionID INTEGER);
INSERT INTO PLProcessMonitorAgent_EventForward_ProcessID VALUES (1, 1678000100.25, 'exampled', NULL, 321, 12), (2, 1678000101, 'Example', 'com.example.app', 322, 13);

CREATE TABLE PLProcessMonitorAgent_EventBackward_ProcessMonitor (ID INTEGER PRIMARY KEY, timestamp REAL, timestampEnd REAL);
INSERT INTO PLProcessMonitorAgent_EventBackward_ProcessMonitor VALUES (7, 1678000200.0, 1678000260.0);
CREATE TABLE PLProcessMonitorAgent_EventBackward_ProcessMonitor_Dynamic (ID INTEGER PRIMARY KEY, FK_ID INTEGER, ProcessName TEXT, PID INTEGER, value REAL, unit INTEGER);
INSERT INTO PLProcessMonitorAgent_EventBackward_ProcessMonitor_Dynamic VALUES (1, 7, 'exampled', 321, 2.5, 1), (2, 7, 'Example', 322, 0.25, 1);

CREATE TABLE PLCoalitionAgent_EventInterval_CoalitionInterval (ID INTEGER PRIMARY KEY, timestamp REAL, timestampEnd REAL, BundleID TEXT, LaunchdName TEXT, LaunchdCoalitionID INTEGER, bytesread INTEGER, byteswritten INTEGER, cpu_time REAL, tasks_started INTEGER, tasks_exited INTEGER);
INSERT INTO PLCoalitionAgent_EventInterval_CoalitionInterval VALUES (1, 1678000300.0, 1678000600.0, NULL, 'com.example.exampled', 12, 4096, 8192, 1.5, 2, 1);

CREATE TABLE PLApplicationAgent_EventNone_AllApps (ID INTEGER PRIMARY KEY, timestamp REAL, AppName TEXT, AppExecutable TEXT, AppBundleId TEXT, AppBuildVersion TEXT, AppBundleVersion TEXT, AppType INTEGER, AppDeletedDate REAL);
INSERT INTO PLApplicationAgent_EventNone_AllApps VALUES (1, 1678000000.0, 'Example', 'Example', 'com.example.app', '31', '3.1', 4, 0), (2, 1678000000.0, 'Gone', 'Gone', 'com.example.gone', '1', '1.0', 4, 1677900000.0);

CREATE TABLE PLApplicationAgent_EventForward_Application (ID INTEGER PRIMARY KEY, timestamp REAL, Identifier TEXT, pid INTEGER, State INTEGER, Reason INTEGER);
INSERT INTO PLApplicationAgent_EventForward_Application VALUES (1, 1678000400.0, 'com.example.app', 322, 8, 1);
CREATE TABLE PLAppTimeService_Aggregate_AppRunTime (ID INTEGER PRIMARY KEY, timestamp REAL, BundleID TEXT, ScreenOnTime REAL, BackgroundTime REAL);
INSERT INTO PLAppTimeService_Aggregate_AppRunTime VALUES (1, 1678000400.0, 'com.example.app', 0, 3600.5);
CREATE TABLE PLAudioAgent_EventPoint_AudioApp (ID INTEGER PRIMARY KEY, timestamp REAL, timestampLogged REAL, Operation TEXT, ApplicationName TEXT, AssertionName TEXT, AudioRoute TEXT, MirroringState INTEGER, AssertionID INTEGER, PID INTEGER);
INSERT INTO PLAudioAgent_EventPoint_AudioApp VALUES (1, 1678000500.0, 1678000500.5, 'start', 'com.example.app', 'record', 'ReceiverAndMicrophone', 0, 5, 322);
CREATE TABLE PLAudioAgent_EventForward_Routing (ID INTEGER PRIMARY KEY, timestamp REAL, Active INTEGER, ActiveRoute TEXT, OutputCategory TEXT, HeadphonesConnected INTEGER);
INSERT INTO PLAudioAgent_EventForward_Routing VALUES (1, 1678000500.0, 1, 'Speaker', 'Audio/Video', 0);
CREATE TABLE PLCameraAgent_EventForward_Camera (ID INTEGER PRIMARY KEY, timestamp REAL, BundleId TEXT, CameraType INTEGER, State INTEGER);
INSERT INTO PLCameraAgent_EventForward_Camera VALUES (1, 1678000510.0, 'com.example.app', 1, 1), (2, 1678000520.0, 'com.example.app', 1, 0);
CREATE TABLE PLLocationAgent_EventForward_ClientStatus (ID INTEGER PRIMARY KEY, timestamp REAL, timestampEnd REAL, timestampLogged REAL, BundleID TEXT, Type TEXT, LocationDesiredAccuracy REAL, LocationDistanceFilter REAL, Client TEXT, Executable TEXT);
INSERT INTO PLLocationAgent_EventForward_ClientStatus VALUES (1, 1678000530.0, 1678000540.0, 1678000530.0, NULL, 'Location', 10, 0, 'com.example.client', '/usr/libexec/exampled');
CREATE TABLE PLPowerAssertionAgent_EventForward_Assertion (ID INTEGER PRIMARY KEY, timestamp REAL, AssertName TEXT, AssertType TEXT, Action TEXT, AssertionOnBehalfOfPID INTEGER, GlobalUniqueID INTEGER);
INSERT INTO PLPowerAssertionAgent_EventForward_Assertion VALUES (1, 1678000550.0, 'com.example.wake', 'NoIdleSleep', 'TurnOn', 321, 9);
CREATE TABLE PLXPCAgent_EventForward_AirDrop (ID INTEGER PRIMARY KEY, timestamp REAL, State TEXT, Subevent TEXT, BundleID TEXT, PID INTEGER);
INSERT INTO PLXPCAgent_EventForward_AirDrop VALUES (1, 1678000560.0, 'Discovering', 'Start', 'com.example.app', 322);

CREATE TABLE PLPushAgent_EventPoint_ReceivedPush (ID INTEGER PRIMARY KEY, timestamp REAL, Topic TEXT, BundleID TEXT, ConnectionType TEXT, Priority INTEGER, LinkQuality INTEGER, isDropped INTEGER, ServerHostname TEXT, ServerIP TEXT);
INSERT INTO PLPushAgent_EventPoint_ReceivedPush VALUES (1, 1678000570.0, 'com.example.app', 'com.example.app', 'WiFi', 10, 100, 0, '1-courier.push.apple.com', '17.57.144.1');
CREATE TABLE PLIdentityServicesAgent_EventInterval_IDSMessagePeriodic (ID INTEGER PRIMARY KEY, timestamp REAL, timestampEnd REAL, Topic TEXT, Priority INTEGER, IncomingMessages INTEGER, OutgoingMessages INTEGER, IncomingBytes INTEGER, OutgoingBytes INTEGER);
INSERT INTO PLIdentityServicesAgent_EventInterval_IDSMessagePeriodic VALUES (1, 1678000580.0, 1678000880.0, 'com.apple.madrid', 1, 30, 0, 123456, 0);
CREATE TABLE PLSpringBoardAgent_EventForward_SBLock (ID INTEGER PRIMARY KEY, timestamp REAL, Locked INTEGER);
INSERT INTO PLSpringBoardAgent_EventForward_SBLock VALUES (1, 1678000590.0, 1), (2, 1678000595.0, 0);
CREATE TABLE PLSleepWakeAgent_EventForward_PowerState (ID INTEGER PRIMARY KEY, timestamp REAL, Event INTEGER, State INTEGER, Reason TEXT, UUID TEXT);
INSERT INTO PLSleepWakeAgent_EventForward_PowerState VALUES (1, 1678000600.0, 1, 0, 'wifibt', 'x');

CREATE TABLE PLProcessMonitorAgent_EventInterval_KernelTaskMonitor (ID INTEGER PRIMARY KEY, timestamp REAL, timestampEnd REAL, ThreadName TEXT, ThreadID INTEGER, CPUTime REAL);
INSERT INTO PLProcessMonitorAgent_EventInterval_KernelTaskMonitor VALUES (1, 1678000100.0, 1678000160.0, 'VM_compressor', 120, 1.5);
CREATE TABLE PLNetworkAgent_EventBackward_CumulativeNetworkUsage (ID INTEGER PRIMARY KEY, timestamp REAL, Interface TEXT, DownBytes INTEGER, UpBytes INTEGER);
INSERT INTO PLNetworkAgent_EventBackward_CumulativeNetworkUsage VALUES (1, 1678000100.0, 'pdp_ip0', 1000, 200);
CREATE TABLE PLXPCAgent_EventInterval_RapportReceivedMessage (ID INTEGER PRIMARY KEY, timestamp REAL, timestampEnd REAL, AppID TEXT, Bytes INTEGER, Identifier TEXT, LinkType TEXT, Messages INTEGER, SenderID TEXT, Type TEXT);
INSERT INTO PLXPCAgent_EventInterval_RapportReceivedMessage VALUES (1, 1678000100.0, 1678000400.0, 'com.example.app', 512, 'com.example.message', 'AWDL', 3, 'A1B2', 'Event');
CREATE TABLE ANE_modelLoad_1_2 (ID INTEGER PRIMARY KEY, timestamp REAL, csIdentity TEXT, modelURL TEXT);
INSERT INTO ANE_modelLoad_1_2 VALUES (1, 1678000100.0, 'com.example.program', 'file:///private/var/mobile/Library/Caches/model.hwx');
INSERT INTO PLLocationAgent_EventForward_ClientStatus VALUES (2, 1678000531.0, 1678000541.0, 1678000531.0, 'com.example.bundle', 'Location', 10, 0, NULL, '/usr/libexec/exampled');
INSERT INTO PLLocationAgent_EventForward_ClientStatus VALUES (3, 1678000532.0, 1678000542.0, 1678000532.0, '', 'Location', 10, 0, 'com.example.client', NULL);
INSERT INTO PLLocationAgent_EventForward_ClientStatus VALUES (4, 1678000533.0, 1678000543.0, 1678000533.0, 'com.example.bundle', 'Location', 10, 0, 'com.example.client', NULL);
