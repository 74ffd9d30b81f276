// libpqxx 6.4 forgets the last PGresult (a few hundred octets) when a connection is lost in the middle of a statement: connection_base::make_result
// asks for the encoding of a closed connection, which throws. The name is the one that LeakSanitizer looks for.
extern "C" const char* __lsan_default_suppressions();

extern "C" const char* __lsan_default_suppressions() {
    return "leak:libpqxx\n";
}
