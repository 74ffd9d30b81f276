#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace google::protobuf {
class Message;
}

namespace puente::cel {

class List;
class Map;

/// The kinds of value that CEL knows (cel-spec, langdef.md "Values").
enum class Kind : std::uint8_t {
    null,
    boolean,
    integer,
    unsigned_integer,
    floating,
    string,
    bytes,
    list,
    map,
    message,
    timestamp,
    duration,
    type,
    error
};

/// A CEL value: 16 bytes, copied freely, owning nothing. Text, lists, maps and messages live in the Arena of the evaluation, in the message
/// under evaluation or in the program itself, and must outlive the value.
class Value {
public:
    Value() = default;
    static Value null() { return Value{}; }
    static Value boolean(bool value);
    static Value integer(std::int64_t value);
    static Value unsigned_integer(std::uint64_t value);
    static Value floating(double value);
    static Value string(std::string_view text);
    static Value bytes(std::string_view octets);
    static Value list(const List* list);
    static Value map(const Map* map);
    static Value message(const google::protobuf::Message* message);
    /// Seconds since 1970-01-01T00:00:00Z and nanoseconds within the second.
    static Value timestamp(std::int64_t seconds, std::int32_t nanos);
    /// Seconds and nanoseconds, both with the sign of the duration.
    static Value duration(std::int64_t seconds, std::int32_t nanos);
    /// The name of a type, such as "int" or "google.protobuf.Timestamp".
    static Value type(std::string_view name);
    /// `reason` must be a literal or live as long as the value.
    static Value error(std::string_view reason);

    Kind kind() const { return kind_; }
    bool is_error() const { return kind_ == Kind::error; }
    bool is_true() const { return kind_ == Kind::boolean && integer_ != 0; }

    bool as_boolean() const { return integer_ != 0; }
    std::int64_t as_integer() const { return integer_; }
    std::uint64_t as_unsigned() const { return static_cast<std::uint64_t>(integer_); }
    double as_floating() const { return floating_; }
    /// Text of a string, octets of bytes, name of a type, reason of an error.
    std::string_view as_text() const { return {text_, extra_}; }
    const List& as_list() const { return *list_; }
    const Map& as_map() const { return *map_; }
    const google::protobuf::Message& as_message() const { return *message_; }
    /// Of a timestamp or a duration.
    std::int64_t seconds() const { return integer_; }
    std::int32_t nanos() const { return static_cast<std::int32_t>(extra_); }

private:
    Kind kind_ = Kind::null;
    std::uint32_t extra_ = 0;
    union {
        std::int64_t integer_ = 0;
        double floating_;
        const char* text_;
        const List* list_;
        const Map* map_;
        const google::protobuf::Message* message_;
    };
};
static_assert(sizeof(Value) == 16);

inline Value Value::boolean(bool value) {
    Value made;
    made.kind_ = Kind::boolean;
    made.integer_ = value ? 1 : 0;
    return made;
}

inline Value Value::integer(std::int64_t value) {
    Value made;
    made.kind_ = Kind::integer;
    made.integer_ = value;
    return made;
}

inline Value Value::unsigned_integer(std::uint64_t value) {
    Value made;
    made.kind_ = Kind::unsigned_integer;
    made.integer_ = static_cast<std::int64_t>(value);
    return made;
}

inline Value Value::floating(double value) {
    Value made;
    made.kind_ = Kind::floating;
    made.floating_ = value;
    return made;
}

inline Value Value::string(std::string_view text) {
    Value made;
    made.kind_ = Kind::string;
    made.extra_ = static_cast<std::uint32_t>(text.size());
    made.text_ = text.data();
    return made;
}

inline Value Value::bytes(std::string_view octets) {
    Value made = string(octets);
    made.kind_ = Kind::bytes;
    return made;
}

inline Value Value::list(const List* list) {
    Value made;
    made.kind_ = Kind::list;
    made.list_ = list;
    return made;
}

inline Value Value::map(const Map* map) {
    Value made;
    made.kind_ = Kind::map;
    made.map_ = map;
    return made;
}

inline Value Value::message(const google::protobuf::Message* message) {
    Value made;
    made.kind_ = Kind::message;
    made.message_ = message;
    return made;
}

inline Value Value::timestamp(std::int64_t seconds, std::int32_t nanos) {
    Value made;
    made.kind_ = Kind::timestamp;
    made.extra_ = static_cast<std::uint32_t>(nanos);
    made.integer_ = seconds;
    return made;
}

inline Value Value::duration(std::int64_t seconds, std::int32_t nanos) {
    Value made = timestamp(seconds, nanos);
    made.kind_ = Kind::duration;
    return made;
}

inline Value Value::type(std::string_view name) {
    Value made = string(name);
    made.kind_ = Kind::type;
    return made;
}

inline Value Value::error(std::string_view reason) {
    Value made = string(reason);
    made.kind_ = Kind::error;
    return made;
}

/// A list as CEL sees it. Built by literals and macros, or a view of a repeated field.
class List {
public:
    virtual ~List() = default;
    virtual std::size_t size() const = 0;
    /// `index` is below size().
    virtual Value at(std::size_t index) const = 0;
};

/// A map as CEL sees it: literals, JSON objects, and code lists (keys are codes, values are maps of their columns).
class Map {
public:
    virtual ~Map() = default;
    virtual std::size_t size() const = 0;
    /// The value under a key (numerically equal keys are equal, whatever their type), or nothing.
    virtual bool find(const Value& key, Value& found) const = 0;
    /// The key at a position, in an order that stays the same for the life of the map.
    virtual Value key_at(std::size_t index) const = 0;
    virtual Value value_at(std::size_t index) const = 0;
};

/// Bump allocator of one evaluation: hands out memory that is given back all at once by reset(). Keeps its blocks, so that after warming up
/// evaluations allocate nothing. Not thread-safe: one per thread.
class Arena {
public:
    Arena();
    ~Arena();
    Arena(const Arena&) = delete;
    Arena& operator=(const Arena&) = delete;

    void* allocate(std::size_t bytes) {
        const std::size_t wanted = (bytes + alignment - 1) & ~(alignment - 1);
        if (wanted > static_cast<std::size_t>(end_ - next_)) return allocate_elsewhere(wanted);
        char* const place = next_;
        next_ += wanted;
        used_ += wanted;
        return place;
    }
    /// Makes an object in the arena. Its destructor is never run: hold no memory from elsewhere in it.
    template <class T, class... Args>
    T* make(Args&&... args) {
        return ::new (allocate(sizeof(T))) T(static_cast<Args&&>(args)...);
    }
    /// Copies text into the arena.
    std::string_view keep(std::string_view text);
    void reset();
    /// Bytes handed out since the last reset.
    std::size_t used() const;

private:
    static constexpr std::size_t alignment = 16;
    struct Block;
    void* allocate_elsewhere(std::size_t wanted);
    void stand_in(Block* block);

    char* next_ = nullptr;  ///< free room in the current block
    char* end_ = nullptr;
    std::size_t used_ = 0;
    Block* first_ = nullptr;
    Block* current_ = nullptr;
};

}  // namespace puente::cel
