// Run at build time: generate_format <descriptors.pb> <out.cpp>. Reads the descriptors of proto/ with their comments and writes the tables by
// which manifests are read (field_table, format_table) and the JSON Schema.
#include <fmt/format.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/descriptor.pb.h>

#include <cstdio>
#include <exception>
#include <fstream>
#include <stdexcept>
#include <string>

#include "generate_fields.hpp"
#include "generate_names.hpp"
#include "generate_schema.hpp"

namespace {

using google::protobuf::Descriptor;
using google::protobuf::DescriptorPool;
using puente::generate::Messages;

void load(const char* path, DescriptorPool& pool) {
    std::ifstream file{path, std::ios::binary};
    google::protobuf::FileDescriptorSet set;
    if (!file || !set.ParseFromIstream(&file)) throw std::runtime_error{fmt::format("{}: not a set of descriptors", path)};
    for (const auto& described : set.file()) {
        if (pool.BuildFile(described) == nullptr) throw std::runtime_error{described.name() + ": does not build"};
    }
}

const Descriptor& message_named(const DescriptorPool& pool, const char* name) {
    const Descriptor* const message = pool.FindMessageTypeByName(name);
    if (message == nullptr) throw std::runtime_error{fmt::format("{}: no such message", name)};
    return *message;
}

constexpr const char* head = R"(// Made by generate_format from proto/puente/v1. Not to be edited.
#include <google/protobuf/message.h>

#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>

#include "manifest/format.hpp"
#include "puente/manifest/fields.hpp"
#include "puente/manifest/manifest.hpp"
#include "puente/v1/facts.pb.h"
#include "puente/v1/manifest.pb.h"

namespace puente::manifest {
namespace {

using google::protobuf::Message;

template <class Type>
const Type& as(const Message& message) {
    return static_cast<const Type&>(message);
}

template <class Type>
Type& as(Message& message) {
    return static_cast<Type&>(message);
}

)";

constexpr const char* tail = R"(}  // namespace

std::span<const FieldAccess> field_table() {
    return fields;
}

std::span<const FieldFormat> format_table() {
    return formats;
}

std::string_view json_schema() {
    static const std::string whole = [] {
        std::string text;
        for (const std::string_view piece : schema_pieces) text += piece;
        return text;
    }();
    return whole;
}

}  // namespace puente::manifest
)";

/// The schema in pieces: ISO C++ only promises string literals of 65,536 characters.
std::string schema_pieces(const std::string& schema) {
    constexpr std::size_t piece = 8000;
    std::string code = "constexpr std::string_view schema_pieces[] = {\n";
    for (std::size_t at = 0; at < schema.size(); at += piece) code += "R\"schema(" + schema.substr(at, piece) + ")schema\",\n";
    return code + "};\n";
}

std::string source(const DescriptorPool& pool) {
    const Descriptor& manifest = message_named(pool, "puente.v1.Manifest");
    Messages messages;
    puente::generate::collect(manifest, messages);
    puente::generate::collect(message_named(pool, "puente.v1.Facts"), messages);
    std::string fields = "constexpr FieldAccess fields[] = {\n";
    std::string formats = "constexpr FieldFormat formats[] = {\n";
    for (const auto& [name, message] : messages) {
        for (const auto* field : puente::generate::by_number(*message)) {
            fields += puente::generate::access_row(*field);
            formats += puente::generate::format_row(*field);
        }
    }
    return head + fields + "};\n\n" + formats + "};\n\n" + schema_pieces(puente::generate::schema_text(manifest)) + tail;
}

}  // namespace

int main(int count, char** arguments) {
    try {
        if (count != 3) throw std::runtime_error{"usage: generate_format <descriptors.pb> <out.cpp>"};
        DescriptorPool pool;
        load(arguments[1], pool);
        std::ofstream out{arguments[2], std::ios::binary};
        out << source(pool);
        out.close();
        if (!out) throw std::runtime_error{fmt::format("{}: cannot be written", arguments[2])};
    } catch (const std::exception& problem) {
        fmt::print(stderr, "generate_format: {}\n", problem.what());
        return 1;
    }
    return 0;
}
