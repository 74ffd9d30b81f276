#include <google/protobuf/descriptor.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <memory>
#include <set>

#include "documents.hpp"
#include "manifest/plan.hpp"
#include "puente/manifest/fields.hpp"
#include "puente/v1/facts.pb.h"
#include "puente/v1/manifest.pb.h"

namespace puente::manifest::testing {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using nlohmann::json;

/// Every message of the format, reached from Manifest and Facts.
void reach(const Descriptor& message, std::set<const Descriptor*>& into) {
    if (message.file()->package() != "puente.v1" || !into.insert(&message).second) return;
    for (int i = 0; i < message.field_count(); ++i) {
        if (message.field(i)->message_type() != nullptr) reach(*message.field(i)->message_type(), into);
    }
}

std::set<const Descriptor*> messages() {
    std::set<const Descriptor*> reached;
    reach(*v1::Manifest::descriptor(), reached);
    reach(*v1::Facts::descriptor(), reached);
    return reached;
}

/// Those that a document is made of.
std::set<const Descriptor*> messages_of_documents() {
    std::set<const Descriptor*> reached;
    reach(*v1::Manifest::descriptor(), reached);
    return reached;
}

std::unique_ptr<Message> make(const Descriptor& type) {
    return std::unique_ptr<Message>{google::protobuf::MessageFactory::generated_factory()->GetPrototype(&type)->New()};
}

TEST(FieldTable, has_every_field_once_sorted) {
    std::size_t expected = 0;
    for (const Descriptor* message : messages()) expected += static_cast<std::size_t>(message->field_count());
    EXPECT_EQ(field_table().size(), expected);
    EXPECT_EQ(format_table().size(), expected);
    std::pair<std::string, int> last;
    for (const FieldAccess& field : field_table()) {
        const std::pair<std::string, int> here{field.message, field.number};
        EXPECT_LT(last, here);
        last = here;
    }
}

TEST(FieldTable, says_what_the_descriptors_say) {
    for (const FieldAccess& field : field_table()) {
        const Descriptor* const message = google::protobuf::DescriptorPool::generated_pool()->FindMessageTypeByName(field.message);
        ASSERT_NE(message, nullptr) << field.message;
        const FieldDescriptor* const described = message->FindFieldByNumber(field.number);
        ASSERT_NE(described, nullptr) << field.message << ' ' << field.number;
        EXPECT_EQ(described->name(), field.name);
        EXPECT_EQ(described->json_name(), field.json_name);
        EXPECT_EQ(described->is_repeated(), field.repeated);
        EXPECT_EQ(field.size != nullptr, field.repeated);
        EXPECT_EQ(described->message_type() != nullptr, field.message_type != nullptr);
        EXPECT_EQ(described->message_type() == nullptr ? "" : described->message_type()->full_name(),
                  field.message_type == nullptr ? "" : field.message_type);
    }
}

/// Puts one value through the row's own functions and looks at it through reflection.
void write_and_read(const FieldAccess& field, Message& message, int item) {
    const FieldDescriptor& described = *message.GetDescriptor()->FindFieldByNumber(field.number);
    const auto& reflection = *message.GetReflection();
    switch (field.shape) {
        case FieldShape::text:
            field.put_text(message, "text");
            EXPECT_EQ(field.text(message, item), "text");
            EXPECT_EQ(field.repeated ? reflection.GetRepeatedString(message, &described, item) : reflection.GetString(message, &described), "text");
            return;
        case FieldShape::integer: {
            field.put_integer(message, 41);
            EXPECT_EQ(field.integer(message, item), 41);
            const bool narrow = described.cpp_type() == FieldDescriptor::CPPTYPE_INT32;
            EXPECT_EQ(narrow ? reflection.GetInt32(message, &described) : reflection.GetInt64(message, &described), 41);
            return;
        }
        case FieldShape::boolean:
            reflection.SetBool(&message, &described, true);
            EXPECT_TRUE(field.boolean(message, item));
            return;
        case FieldShape::message: {
            const Message& opened = field.open(message);
            EXPECT_EQ(&field.held(message, item), &opened);
            EXPECT_EQ(opened.GetTypeName(), field.message_type);
            return;
        }
    }
}

TEST(FieldTable, reaches_its_own_field_and_no_other) {
    for (const FieldAccess& field : field_table()) {
        SCOPED_TRACE(std::string{field.message} + "." + field.name);
        const auto message = make(*google::protobuf::DescriptorPool::generated_pool()->FindMessageTypeByName(field.message));
        EXPECT_FALSE(field.has(*message));
        write_and_read(field, *message, 0);
        if (field.repeated) write_and_read(field, *message, 1);
        EXPECT_TRUE(field.has(*message));
        EXPECT_EQ(field.repeated ? field.size(*message) : 2, 2);
        std::vector<const FieldDescriptor*> set;
        message->GetReflection()->ListFields(*message, &set);
        ASSERT_EQ(set.size(), 1u);
        EXPECT_EQ(set[0]->number(), field.number);
    }
}

TEST(MessagePlan, finds_every_name_and_nothing_else) {
    std::set<const MessagePlan*> seen;
    std::vector<const MessagePlan*> open{&manifest_plan()};
    while (!open.empty()) {
        const MessagePlan& plan = *open.back();
        open.pop_back();
        if (!seen.insert(&plan).second) continue;
        for (std::size_t i = 0; i < plan.fields().size(); ++i) {
            const std::string name{plan.fields()[i].name};
            EXPECT_EQ(plan.find(name), i);
            EXPECT_EQ(plan.find(name + "x"), MessagePlan::unknown);
            EXPECT_EQ(plan.find("X" + name.substr(1)), MessagePlan::unknown);
            if (plan.fields()[i].held != nullptr) open.push_back(plan.fields()[i].held);
        }
        EXPECT_EQ(plan.find(""), MessagePlan::unknown);
    }
    EXPECT_EQ(seen.size(), messages_of_documents().size());
}

const json& schema() {
    static const json parsed = json::parse(json_schema());
    return parsed;
}

const json& schema_of(const Descriptor& message) {
    return message.name() == "Manifest" ? schema() : schema().at("$defs").at(message.name());
}

TEST(JsonSchema, lists_every_message_and_field) {
    EXPECT_EQ(schema().at("$schema"), "https://json-schema.org/draft/2020-12/schema");
    EXPECT_EQ(schema().at("$id"), "https://puente.example/schemas/manifest.json");
    for (const Descriptor* message : messages_of_documents()) {
        const json& described = schema_of(*message);
        EXPECT_EQ(described.at("additionalProperties"), false);
        EXPECT_FALSE(described.at("title").get<std::string>().empty());
        EXPECT_EQ(described.at("properties").size(), static_cast<std::size_t>(message->field_count()));
        for (int i = 0; i < message->field_count(); ++i) {
            const json& property = described.at("properties").at(message->field(i)->json_name());
            EXPECT_FALSE(property.at("description").get<std::string>().empty()) << message->field(i)->full_name();
        }
    }
    EXPECT_EQ(schema().at("$defs").size(), messages_of_documents().size() - 1);
}

TEST(JsonSchema, says_the_form_of_fields) {
    const json& trip = schema().at("$defs").at("Trip").at("properties");
    EXPECT_EQ(trip.at("tripNumber").at("maxLength"), 25);
    EXPECT_EQ(trip.at("crew").at("maxItems"), 16);
    EXPECT_EQ(trip.at("crew").at("items").at("$ref"), "#/$defs/CrewMember");
    EXPECT_EQ(trip.at("estimatedArrival").at("format"), "date-time");
    EXPECT_EQ(trip.at("distanceKm").at("type"), json::parse(R"(["string","number"])"));
    EXPECT_EQ(trip.at("distanceKm").at("pattern"), "^(0|[1-9][0-9]*)(\\.[0-9]{1,3})?$");
    EXPECT_EQ(schema().at("$defs").at("Packages").at("properties").at("count").at("maximum"), 99999999);
    EXPECT_EQ(schema().at("properties").at("documentId").at("format"), "uuid");
    EXPECT_EQ(schema().at("$defs").at("CrewMember").at("properties").at("birthDate").at("format"), "date");
}

/// The few keywords of JSON Schema that our schema uses for structure, so that the decoder can be held against it.
bool is_valid(const json& value, const json& rule) {
    if (rule.contains("$ref")) return is_valid(value, schema().at("$defs").at(rule.at("$ref").get<std::string>().substr(8)));
    const json types = rule.at("type").is_array() ? rule.at("type") : json::array({rule.at("type")});
    const char* const type = value.is_object()   ? "object"
                             : value.is_array()  ? "array"
                             : value.is_string() ? "string"
                             : value.is_number() ? "number"
                                                 : "";
    const bool whole = value.is_number_integer() && std::count(types.begin(), types.end(), "integer") != 0;
    if (!whole && std::count(types.begin(), types.end(), type) == 0) return false;
    if (value.is_number()) return value >= rule.at("minimum") && (!rule.contains("maximum") || value <= rule.at("maximum"));
    if (value.is_string()) {
        const std::size_t length = value.get<std::string>().size();  // only ASCII in what is changed here
        return length >= rule.at("minLength") && length <= rule.at("maxLength");
    }
    if (value.is_array()) {
        if (value.size() < rule.at("minItems") || value.size() > rule.at("maxItems")) return false;
        return std::all_of(value.begin(), value.end(), [&](const json& item) { return is_valid(item, rule.at("items")); });
    }
    if (!rule.contains("properties")) return true;
    for (const json& name : rule.at("required")) {
        if (!value.contains(name.get<std::string>())) return false;
    }
    for (const auto& [name, held] : value.items()) {
        if (!rule.at("properties").contains(name) || !is_valid(held, rule.at("properties").at(name))) return false;
    }
    return true;
}

/// Every place of a document, with the document as it is after each change there.
void for_each_change(const json& document, const std::function<void(const json&, const std::string&)>& look) {
    const json flat = document.flatten();
    std::set<std::string> places;
    for (const auto& [pointer, value] : flat.items()) {
        for (std::size_t end = pointer.size(); end != std::string::npos && end != 0; end = pointer.rfind('/', end - 1))
            places.insert(pointer.substr(0, end));
    }
    for (const std::string& place : places) {
        const json::json_pointer pointer{place};
        json changed = document;
        json& parent = changed[pointer.parent_pointer()];
        if (parent.is_array()) {
            parent.erase(std::stoul(pointer.back()));
        } else {
            parent.erase(pointer.back());
        }
        look(changed, place + " erased");
        for (const json& other : {json::object(), json::array(), json("x"), json(""), json(nullptr), json(true), json(2000), json(-1), json(1.5)}) {
            changed = document;
            changed[pointer] = other;
            if (changed[pointer].is_string() && document[pointer].is_string() && other == "x") continue;  // form, not structure
            look(changed, place + " = " + other.dump());
        }
        if (!document[pointer].is_object()) continue;
        changed = document;
        changed[pointer]["unknown"] = "x";
        look(changed, place + " with an unknown field");
    }
}

TEST(JsonSchema, agrees_with_the_decoder) {
    json document = reference();
    json& goods = document["shipments"][0]["goods"];
    goods.erase(goods.begin() + 1, goods.end());
    ASSERT_TRUE(is_valid(document, schema()));
    std::size_t valid = 0;
    std::size_t invalid = 0;
    for_each_change(document, [&](const json& changed, const std::string& what) {
        const bool accepted = decode_json(changed.dump()).manifest != nullptr;
        ASSERT_EQ(accepted, is_valid(changed, schema())) << what;
        ++(accepted ? valid : invalid);
    });
    EXPECT_GT(valid, 60u);
    EXPECT_GT(invalid, 1000u);
}

}  // namespace
}  // namespace puente::manifest::testing
