-- TRIES: modules that require each other.
-- HOST MUST: raise.
-- EXPECT: ERR.*requires itself
return require "ring"
