// Fuzzes the only reader of request heads: whatever it accepts must be what the grammar of RFC 9112 allows, read within every limit.
#include <cassert>
#include <cstdint>
#include <string_view>

#include "puente/net/head.hpp"

namespace {

using namespace puente::net;

void check_path(const Request& request) {
    assert(request.path.front() == '/');
    assert(request.path.find('\0') == std::string::npos && request.path.find('\\') == std::string::npos);
    assert(request.path.find("/../") == std::string::npos && !request.path.ends_with("/.."));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view input{reinterpret_cast<const char*>(data), size};
    const Limits limits;
    Request request;
    std::size_t length = 0;
    bool keep_alive = false;
    bool expects_continue = false;
    const HeadVerdict head = read_head(input, limits, request, length, keep_alive, expects_continue);
    if (head.status == 0) {
        check_path(request);
        assert(length <= limits.body_bytes_max && request.headers.fields().size() <= limits.header_fields_max);
        assert(!request.headers.find("Transfer-Encoding") && request.headers.find("Host"));
        assert(input.find("\r\n\r\n") == input.size() - 4);
    }
    Request second;
    if (read_target(input, limits, second).status == 0) check_path(second);
    return 0;
}
