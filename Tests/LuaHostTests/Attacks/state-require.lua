-- TRIES: to read a file through require.
-- EXPECT: ERR.*no module
return require "../../../etc/passwd"
