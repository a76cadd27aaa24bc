-- TRIES: to read a file through require.
-- HOST MUST: know the modules of the plugin alone.
-- EXPECT: ERR.*no module
return require "../../../etc/passwd"
