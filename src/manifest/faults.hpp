#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "puente/manifest/manifest.hpp"

namespace puente::manifest {

/// A place inside a document, as a chain through the frames that are reading it: costs nothing until somebody asks for its pointer.
struct Place {
    static constexpr std::size_t no_index = static_cast<std::size_t>(-1);

    const Place* parent = nullptr;
    std::string_view name;         ///< of a field; unused for an item of a list
    std::size_t index = no_index;  ///< of an item

    /// RFC 6901. The name of a field that is longer than `name_max` bytes is left out with everything below it: nobody needs it back.
    std::string pointer() const;
    static constexpr std::size_t name_max = 128;
};

/// What is said about a fault, before it has a place.
struct Said {
    const char* code;
    std::string en;
    std::string es;
};

/// The faults of one document: the first `most`, and the number of the others.
class Faults {
public:
    explicit Faults(std::size_t most) : most_{most} {}

    bool any() const { return !list_.empty() || left_out_ != 0; }
    /// `say` gives the Said; it is not called for faults that are only counted.
    template <class Say>
    void add(const Place& place, Say say) {
        if (list_.size() >= most_) {
            ++left_out_;
            return;
        }
        Said said = say();
        list_.push_back({place.pointer(), said.code, std::move(said.en), std::move(said.es)});
    }
    /// For the one fault that ends the reading: it is listed even when the list is full.
    void add_always(const Place& place, Said said) { list_.push_back({place.pointer(), said.code, std::move(said.en), std::move(said.es)}); }
    std::vector<Fault> take() { return std::move(list_); }
    std::size_t left_out() const { return left_out_; }

private:
    std::size_t most_;
    std::vector<Fault> list_;
    std::size_t left_out_ = 0;
};

}  // namespace puente::manifest
